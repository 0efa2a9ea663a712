"""Where bookings come from: the webhooks of booking sources, and the pages that set them up."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.sources import settings_page, webhooks

BLUEPRINTS: tuple[Blueprint, ...] = (*settings_page.BLUEPRINTS, webhooks.pages)
"""The pages of this subject."""
