"""Offered times of a booking page, as they are at this moment."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hubsync.domain.availability.offers import Offers
from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.services.availability.free_times import load_offers
from hubsync.services.availability.rules import load_rules
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.store import db
from hubsync.store.calendars import Calendar


class OfferedTimes(NamedTuple):
    """*offers* answers every question about them; *first* and *last* are the dates (of the calendar's clock) that
    can be booked, None when the period is over."""

    offers: Offers
    first: date | None
    last: date | None


def load_offered_times(page: BookingPage, *, without: int | None = None) -> OfferedTimes:
    """What *page* offers now, the booking *without* (its id), which is being moved, not being in its own way.

    Raises NotFound when its calendar was deleted meanwhile.
    """
    calendar = db.session.get(Calendar, page.calendar_id)
    if calendar is None:
        raise NotFound("no such booking page")
    rules, _version = load_rules(calendar)
    first, last = rules.bookable_days(now()) or (None, None)
    return OfferedTimes(
        load_offers(db.session(), calendar, first, last, rules=rules, without=without), first, last
    )
