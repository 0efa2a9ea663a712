"""Instants as whole seconds and dates as numbers, both since 1970 in UTC: integers are compared and added fast."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60
DAY = 24 * 60 * MINUTE

_EPOCH_DAY = EPOCH.toordinal()


def seconds_in(span: timedelta) -> int:
    """The whole seconds of *span*, its fraction rounded down."""
    return span.days * DAY + span.seconds


def last_second(moment: datetime) -> int:
    """The last whole second that is not after *moment* (aware)."""
    return seconds_in(moment - EPOCH)


def next_second(moment: datetime) -> int:
    """The first whole second that is not before *moment* (aware)."""
    return -seconds_in(EPOCH - moment)


def moment_of(second: int) -> datetime:
    """The instant, in UTC."""
    return EPOCH + timedelta(seconds=second)


def day_number(day: date) -> int:
    """How many days after the first of January 1970 it is."""
    return day.toordinal() - _EPOCH_DAY


def date_of(number: int) -> date:
    """The date of a `day_number`."""
    return date.fromordinal(number + _EPOCH_DAY)
