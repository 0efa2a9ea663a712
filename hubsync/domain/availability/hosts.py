"""Hosts of a calendar, and what each is busy with: busy times of busy calendars, and bookings made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple


class Busy(NamedTuple):
    """A busy time, from *start* until before *end* (aware), that the busy calendar *source* (its id) told of."""

    start: datetime
    end: datetime
    source: int


class Booked(NamedTuple):
    """A booking of this host that was not cancelled, from *start* until before *end* (aware).

    *same_calendar* is whether it is one of the calendar whose free times are counted. The buffers (minutes) are
    those that its own calendar has now. A booking that is being moved is left out, or it would be in its own way.
    """

    start: datetime
    end: datetime
    same_calendar: bool
    buffer_before: int = 0
    buffer_after: int = 0


@dataclass(frozen=True, slots=True)
class HostTimes:
    """All that blocks one *host* (the id of a person), in any order.

    *unreadable* is the busy calendar for which this host has no free times at all, because it could not be read
    for too long and its owner chose to show none then.
    """

    host: int
    busy: Sequence[Busy] = ()
    booked: Sequence[Booked] = ()
    unreadable: int | None = None


_NEVER = datetime.min.replace(tzinfo=UTC)


def choose_host(free: Sequence[int], last_booked: Mapping[int, datetime]) -> int:
    """Whom of the *free* hosts a booking goes to: the one least recently booked, whoever never was first of all.

    *last_booked* is when (aware) somebody last got a booking. Of several the first of *free* is taken.
    """
    return min(free, key=lambda host: last_booked.get(host, _NEVER))
