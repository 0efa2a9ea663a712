"""Calendars whose free times are looked at: rules with few words, and times as a clock shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hubsync.domain.availability.hosts import HostTimes
from hubsync.domain.availability.offers import Offers
from hubsync.domain.availability.opening_hours import Intervals, OpeningHours
from hubsync.domain.availability.refusals import Reason
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.domain.availability.start_times import Day
from hubsync.domain.availability.typed_hours import read_day

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MIKA, KEN = 0, 1


def hours(*typed: str) -> Intervals:
    """``hours("09:00-12:00", "13:00-18:00")``"""
    day = read_day([(opens, closes) for opens, _to, closes in (each.partition("-") for each in typed)])
    assert not day.problems
    return day.intervals


def every_day(*typed: str, days: Mapping[date, Intervals] | None = None) -> OpeningHours:
    return OpeningHours((hours(*typed),) * 7, days or {})


def rules(zone: str = "Europe/Berlin", opening: OpeningHours | None = None, **given: Any) -> FreeTimeRules:
    """A calendar that is open from 9 to 17 each day, for half an hour on every half hour, without a notice."""
    return FreeTimeRules(ZoneInfo(zone), opening or every_day("09:00-17:00"), **{"notice_minutes": 0} | given)


def look(
    rules: FreeTimeRules, day: date, hosts: Sequence[HostTimes] = (HostTimes(MIKA),), now: datetime | None = None
) -> Day:
    """One day, as it is seen at its own beginning unless it is said when."""
    moment = now or datetime(day.year, day.month, day.day, tzinfo=rules.zone)
    (found,) = Offers(rules, hosts, moment).between(day, day)
    return found


def offered(day: Day) -> list[str]:
    """The offered times as the clock shows them."""
    return [f"{each.local:%H:%M}" for each in day.offered]


def offered_with_offset(day: Day) -> list[str]:
    """``02:30+02:00``, where a clock shows a time twice."""
    return [each.local.isoformat(timespec="minutes")[11:] for each in day.offered]


def reasons(day: Day) -> dict[str, list[Reason]]:
    """Why times are not offered, or not by all hosts."""
    return {f"{each.local:%H:%M}": [one.reason for one in each.refusals] for each in day.times if each.refusals}
