"""How bookings come in: the booking page and webhooks; how they are corrected and erased."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.bookings import erasure, page, source_settings, webhooks

BLUEPRINTS: tuple[Blueprint, ...] = (erasure.pages, page.pages, *source_settings.BLUEPRINTS, webhooks.pages)
"""The pages of this subject."""
