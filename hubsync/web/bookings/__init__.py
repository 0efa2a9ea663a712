"""How bookings come in: the booking page and webhooks; how they are corrected and erased."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.bookings import erasure, page, source_settings, webhooks

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            erasure,
            page,
            source_settings,
            webhooks,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
