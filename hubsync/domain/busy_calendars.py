"""Busy calendars: what a person's other calendars are read for, and what counts when one cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from hubsync.domain.busy_times import Window

COUNTS_FOR = timedelta(days=1)
"""So long does what was read last count for certain; then its owner's choice does."""

MOST_OF_A_PERSON = 20
LEAST_PAUSE, USUAL_PAUSE = timedelta(minutes=10), timedelta(minutes=15)
"""Between two readings, spread over the time from one to the other, so that not all are read at one instant."""
LONGEST_BACK_OFF = timedelta(hours=2)
"""After many readings in vain."""
LONGEST_PAUSE = timedelta(days=1)
"""However long a server asks to be left alone."""
FAILURES_BORNE, PATIENCE = 3, timedelta(hours=1)
"""So many readings in vain, over so long, before its person is mailed: most of what passes has passed by then."""
DAYS_AHEAD = 750
"""So far are busy times read: further than the longest period of a booking page."""


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


def window_at(moment: datetime) -> Window:
    """What is read at *moment* (aware): from the beginning of yesterday (UTC) to DAYS_AHEAD.

    It is the same all day, so that servers may say that nothing has changed.
    """
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD + 1))


def next_reading(moment: datetime, failures: int, asked_seconds: float | None, jitter: float) -> datetime:
    """When to read again after *failures* in vain, of which there may be none.

    The pause is doubled with each failure after the second, and never shorter than the *asked_seconds* of its
    server. *jitter* from 0 to 1 spreads it.
    """
    pause = LEAST_PAUSE + (USUAL_PAUSE - LEAST_PAUSE) * jitter
    pause = min(pause * 2.0 ** min(max(failures - 2, 0), 10), LONGEST_BACK_OFF)
    if asked_seconds is not None:
        pause = max(pause, timedelta(seconds=asked_seconds * (1 + jitter / 10)))
    return moment + min(pause, LONGEST_PAUSE)


def is_to_be_announced(
    failures: int, faulty_since: datetime | None, told_at: datetime | None, moment: datetime
) -> bool:
    """Whether its person has to hear that a calendar cannot be read, and has not yet."""
    if told_at is not None or faulty_since is None:
        return False
    return failures >= FAILURES_BORNE and moment - faulty_since >= PATIENCE
