"""How bookings come in by the booking page; how guests' data is erased."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.bookings import cancellation, confirmation, embedding, erasure, feed, move, page

MODULES = (page, embedding, confirmation, move, cancellation)
"""Those with views of the booking pages' blueprint."""
BLUEPRINTS: tuple[Blueprint, ...] = (erasure.pages, page.pages, feed.pages)
"""The pages of this subject."""
