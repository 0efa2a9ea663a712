"""Calendars with a booking page of their own, which have settings that those of a booking source have not."""

from __future__ import annotations

from flask import g

from hubsync.errors import NotFound
from hubsync.services.calendars import calendars
from hubsync.store.calendars import Calendar
from hubsync.web.calendars.text import booked_through


def find_calendar_with_page(calendar_id: int) -> Calendar:
    """The calendar, if the reader may see it. Raises NotFound for one of a booking source too."""
    calendar = calendars.find_calendar(g.membership, calendar_id)
    if booked_through(calendar):
        raise NotFound("this calendar has no booking page")
    return calendar
