"""Rules of a calendar's free times: read, and saved as a whole or not at all."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.domain.availability.opening_hours import USUAL_HOURS, Interval, Intervals, OpeningHours
from hubsync.domain.availability.rules import Fixed, FreeTimeRules, Period, Rolling
from hubsync.errors import FreeTimesChanged
from hubsync.services import now
from hubsync.services.calendars.source_calendars import hold_calendar
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import FreeTimes

NEVER_SAVED = 0
"""The version of free times that nobody has changed."""
USUAL_STEP = 30
SHORTEST_STEP = 5


def find_free_times(session: Session, calendar_id: int) -> FreeTimes | None:
    """The row of a calendar; None where nobody has changed its free times."""
    return session.scalar(select(FreeTimes).where(FreeTimes.calendar_id == calendar_id))


def load_rules(calendar: Calendar) -> tuple[FreeTimeRules, int]:
    """The rules of *calendar* and their version, which `save_rules` takes."""
    row = find_free_times(db.session(), calendar.id)
    return rules_of(calendar, row), row.version if row is not None else NEVER_SAVED


def rules_of(calendar: Calendar, row: FreeTimes | None) -> FreeTimeRules:
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


def save_rules(calendar_id: int, rules: FreeTimeRules, version: int) -> None:
    """Save the *rules* of a calendar, with the length of its meetings; it keeps its zone.

    *version* is the one that was seen before. Raises FreeTimesChanged, and saves nothing, when somebody else saved
    since.
    """
    try:
        with write_transaction() as session:
            calendar = session.get_one(Calendar, calendar_id)
            hold_calendar(session, calendar)
            row = find_free_times(session, calendar_id)
            if version != (row.version if row is not None else NEVER_SAVED):
                raise FreeTimesChanged
            if row is None:
                row = FreeTimes(calendar_id=calendar_id)
                session.add(row)
            calendar.duration_minutes = rules.duration_minutes
            row.version = version + 1
            _fill(row, rules)
    except IntegrityError as fault:  # both were the first
        raise FreeTimesChanged from fault


def pause(calendar_id: int) -> None:
    """Let the page of a calendar offer nothing until `resume`."""
    _set_paused(calendar_id, paused=True)


def resume(calendar_id: int) -> None:
    """Let the page of a calendar offer its free times again."""
    _set_paused(calendar_id, paused=False)


def _set_paused(calendar_id: int, *, paused: bool) -> None:
    with write_transaction() as session:
        calendar = session.get_one(Calendar, calendar_id)
        hold_calendar(session, calendar)
        row = find_free_times(session, calendar_id)
        if row is None:
            row = FreeTimes(calendar_id=calendar_id, version=NEVER_SAVED + 1)
            _fill(row, rules_of(calendar, None))
            session.add(row)
        row.paused_at = (row.paused_at or now()) if paused else None


def _fill(row: FreeTimes, rules: FreeTimeRules) -> None:
    row.weekly = [_stored(each) for each in rules.hours.weekly]
    row.other_days = {day.isoformat(): _stored(each) for day, each in sorted(rules.hours.days.items())}
    row.step_minutes = rules.step_minutes
    row.buffer_before_minutes, row.buffer_after_minutes = rules.buffer_before, rules.buffer_after
    row.notice_minutes = rules.notice_minutes
    row.days_ahead = row.first_day = row.last_day = None
    if isinstance(rules.period, Rolling):
        row.days_ahead = rules.period.days
    else:
        row.first_day, row.last_day = rules.period.first, rules.period.last
    row.most_a_day = rules.most_a_day


def _period(row: FreeTimes) -> Period:
    if row.days_ahead is None and row.first_day is not None and row.last_day is not None:
        return Fixed(row.first_day, row.last_day)
    return Rolling(row.days_ahead or 0)


def _intervals(stored: list[list[int]]) -> Intervals:
    return tuple(Interval(opens, closes) for opens, closes in stored)


def _stored(intervals: Intervals) -> list[list[int]]:
    return [list(each) for each in intervals]
