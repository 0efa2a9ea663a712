"""Start times of a day, offered or not."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hubsync.domain.availability.refusals import Refusal
from hubsync.domain.availability.rules import FIRST_DATE, LAST_DATE


class StartTime(NamedTuple):
    """A time at which a meeting may start, offered or not.

    *start* is the instant, in UTC. *hosts* are those who are free, in the order in which they were given; none
    where it is not offered. *refusals* say why: one of the calendar, or all that is in the way of each host who is
    not free.
    """

    start: datetime
    zone: ZoneInfo
    hosts: tuple[int, ...]
    refusals: tuple[Refusal, ...]

    @property
    def is_offered(self) -> bool:
        return bool(self.hosts)

    @property
    def local(self) -> datetime:
        """The same in the calendar's zone, where ``fold`` and offset tell which turn of a repeated time it is.

        Python compares two times of one zone by the clock's face, so both turns are equal: compare *start*.
        """
        return in_zone(self.start, self.zone)


class Day(NamedTuple):
    """The start times of a *date*, in their order."""

    date: date
    times: tuple[StartTime, ...]

    @property
    def offered(self) -> tuple[StartTime, ...]:
        return tuple(each for each in self.times if each.is_offered)


def is_counted(moment: datetime) -> bool:
    """Whether *moment* (aware) is between the dates that are counted, so that every zone has a date for it."""
    return FIRST_DATE < moment.date() < LAST_DATE


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """*moment* (aware) in *zone*; as it is where it is beyond the dates that are counted and may not be moved."""
    return moment.astimezone(zone) if is_counted(moment) else moment
