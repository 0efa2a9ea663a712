"""Rules of a calendar's free times, as they are saved."""

from __future__ import annotations

from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.availability.opening_hours import USUAL_HOURS, Interval, Intervals, OpeningHours
from hubsync.domain.availability.rules import Fixed, FreeTimeRules, Period, Rolling
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import FreeTimes

NEVER_SAVED = 0
"""The version of free times that nobody has changed."""
USUAL_STEP = 30
SHORTEST_STEP = 5


class Meetings(Protocol):
    """What rules have of the calendar itself."""

    @property
    def time_zone(self) -> str: ...

    @property
    def duration_minutes(self) -> int: ...


class SavedTimes(Protocol):
    """What rules have of a row of `FreeTimes`, or of what a statement reads of one."""

    @property
    def weekly(self) -> list[list[list[int]]]: ...

    @property
    def other_days(self) -> dict[str, list[list[int]]]: ...

    @property
    def step_minutes(self) -> int: ...

    @property
    def buffer_before_minutes(self) -> int: ...

    @property
    def buffer_after_minutes(self) -> int: ...

    @property
    def notice_minutes(self) -> int: ...

    @property
    def days_ahead(self) -> int | None: ...

    @property
    def first_day(self) -> date | None: ...

    @property
    def last_day(self) -> date | None: ...

    @property
    def most_a_day(self) -> int | None: ...


def find_free_times(session: Session, calendar_id: int) -> FreeTimes | None:
    """The row of a calendar; None where nobody has changed its free times."""
    return session.scalar(select(FreeTimes).where(FreeTimes.calendar_id == calendar_id))


def load_rules(calendar: Calendar) -> tuple[FreeTimeRules, int]:
    """The rules of *calendar* and their version, which `saving.save_free_times` takes."""
    row = find_free_times(db.session(), calendar.id)
    return rules_of(calendar, row), row.version if row is not None else NEVER_SAVED


def rules_of(calendar: Meetings, row: SavedTimes | None) -> FreeTimeRules:
    """The rules of *calendar* with its *row*: the usual ones where it has none.

    The usual step is half an hour, or as long as a shorter meeting takes.
    """
    zone, duration = ZoneInfo(calendar.time_zone), calendar.duration_minutes
    if row is None:
        step = min(max(duration, SHORTEST_STEP), USUAL_STEP)
        return FreeTimeRules(zone, USUAL_HOURS, duration_minutes=duration, step_minutes=step)
    return FreeTimeRules(
        zone=zone,
        hours=OpeningHours(
            tuple(_intervals(each) for each in row.weekly),
            {date.fromisoformat(day): _intervals(each) for day, each in row.other_days.items()},
        ),
        duration_minutes=duration,
        step_minutes=row.step_minutes,
        buffer_before=row.buffer_before_minutes,
        buffer_after=row.buffer_after_minutes,
        notice_minutes=row.notice_minutes,
        period=_period(row),
        most_a_day=row.most_a_day,
    )


def _period(row: SavedTimes) -> Period:
    if row.days_ahead is None and row.first_day is not None and row.last_day is not None:
        return Fixed(row.first_day, row.last_day)
    return Rolling(row.days_ahead or 0)


def _intervals(stored: list[list[int]]) -> Intervals:
    return tuple(Interval(opens, closes) for opens, closes in stored)
