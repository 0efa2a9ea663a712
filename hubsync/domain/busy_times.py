"""Busy times: when somebody's own calendar says that they are not free, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class BusyTime:
    """From *start* up to *end*, which does not belong to it; both in UTC, *end* is later."""

    start: datetime
    end: datetime


def merge(times: Iterable[BusyTime]) -> list[BusyTime]:
    """The same stretches in order and without overlaps; those that touch are one."""
    merged: list[BusyTime] = []
    for each in sorted(times):
        if merged and each.start <= merged[-1].end:
            merged[-1] = BusyTime(merged[-1].start, max(merged[-1].end, each.end))
        else:
            merged.append(each)
    return merged


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time in which busy times are looked for; both ends aware, *end* is later."""

    start: datetime
    end: datetime


class UnreadReason(StrEnum):
    """Why an event of a busy calendar does not count. The values are stored; none is ever renamed."""

    NO_START = "no_start"
    """It has no beginning, or one that is no time."""
    TIME_INVALID = "time_invalid"
    """Its end, or a time that belongs to its series, is no time."""
    RULE_INVALID = "rule_invalid"
    """The rule by which it repeats makes no sense, such as every 0 weeks."""
    RULE_TOO_COSTLY = "rule_too_costly"
    """Working out when it repeats takes longer than one event may."""
    TOO_MANY_TIMES = "too_many_times"
    """It repeats so often that its times cannot be kept."""
    NOT_CLOSED = "not_closed"
    """Another event begins before this one has ended in the file."""
    ZONE_UNKNOWN = "zone_unknown"
    """It counts, but in the calendar's own zone, because nobody knows the zone that it names."""


@dataclass(frozen=True, slots=True)
class UnreadEvent:
    """An event that was left out, or (ZONE_UNKNOWN) guessed at; *day* is when it begins, if that can be told.

    Nothing else of the event is kept, for it is somebody's private calendar.
    """

    reason: UnreadReason
    day: date | None = None
