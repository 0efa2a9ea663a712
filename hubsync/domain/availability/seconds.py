"""Instants as whole seconds since 1970 in UTC, in which free times are counted, because integers compare fast."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60
DAY = 24 * 60 * MINUTE

_EPOCH_DAY = EPOCH.toordinal()


def last_second(moment: datetime) -> int:
    """The last whole second that is not after *moment* (aware)."""
    since = moment - EPOCH
    return since.days * DAY + since.seconds


def next_second(moment: datetime) -> int:
    """The first whole second that is not before *moment* (aware)."""
    return -last_second_of(EPOCH - moment)


def last_second_of(since: timedelta) -> int:
    """*since* without its fraction of a second, rounded down."""
    return since.days * DAY + since.seconds


def moment_of(second: int) -> datetime:
    """The instant in UTC."""
    return EPOCH + timedelta(seconds=second)


def midnight_of(day: date) -> int:
    """When *day* begins by a clock that is counted as if it stood in UTC."""
    return (day.toordinal() - _EPOCH_DAY) * DAY


def day_of(second: int) -> date:
    """The date that a clock shows, which is counted as if it stood in UTC."""
    return date.fromordinal(second // DAY + _EPOCH_DAY)
