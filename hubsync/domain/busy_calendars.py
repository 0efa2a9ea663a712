"""Busy calendars: what a person's other calendars are read for, and what counts when one cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

COUNTS_FOR = timedelta(days=1)
"""So long does what was read last count for certain; then its owner's choice does."""


class CalendarKind(StrEnum):
    """How a busy calendar is read. The values are stored; none is ever renamed."""

    ICS = "ics"
    CALDAV = "caldav"


class WhenUnreadable(StrEnum):
    """What a booking page offers of a person whose busy calendar could not be read for a day.

    The values are stored; none is ever renamed.
    """

    SHOW_TIMES = "show_times"
    SHOW_NONE = "show_none"


def keeps_times_back(chosen: WhenUnreadable, read_at: datetime | None, moment: datetime) -> bool:
    """Whether a calendar last read *at* that time, None for never, leaves its person without free times."""
    if chosen is not WhenUnreadable.SHOW_NONE:
        return False
    return read_at is None or moment - read_at > COUNTS_FOR
