"""Imports: Team Settings > Import, from the upload of a file to its bookings."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.imports import decisions, page, upload

BLUEPRINTS: tuple[Blueprint, ...] = tuple(dict.fromkeys(module.pages for module in (page, upload, decisions)))
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
