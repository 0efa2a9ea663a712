"""Running HubSync: background jobs, checks, keys, backups."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.operations import health, metrics, security_txt

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(module.pages for module in (health, metrics, security_txt))
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
