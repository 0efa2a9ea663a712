"""Running HubSync: background jobs, checks, keys, backups."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.operations import health

BLUEPRINTS: tuple[Blueprint, ...] = tuple(dict.fromkeys(module.pages for module in (health,)))
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
