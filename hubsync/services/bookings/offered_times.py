"""Offered times of a booking page, as they are at this moment."""

from __future__ import annotations

from hubsync.services.availability.offered_times import OfferedTimes
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.store import db


def load_offered_times(page: BookingPage, *, without: int | None = None) -> OfferedTimes:
    """What *page* offers now, the booking *without* (its id), which is being moved, not being in its own way."""
    return OfferedTimes(db.session(), page.calendar_id, page.rules, page.host_ids, without=without)
