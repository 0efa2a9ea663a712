"""Calendars and their guest questions."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.calendars import advanced_settings, calendars

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            advanced_settings,
            calendars,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
