"""Saving of a calendar's free times: as a whole or not at all, and never over what a colleague saved meanwhile."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from hubsync.domain.availability.opening_hours import Intervals
from hubsync.domain.availability.rules import FreeTimeRules, Rolling
from hubsync.errors import FreeTimesChanged
from hubsync.services import now
from hubsync.services.availability.hosts import set_hosts
from hubsync.services.availability.rules import NEVER_SAVED, find_free_times, rules_of
from hubsync.services.calendars.source_calendars import hold_calendar
from hubsync.store import write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import FreeTimes


def save_free_times(
    calendar_id: int,
    rules: FreeTimeRules,
    version: int,
    hosts: Collection[int] | None = None,
    reminder_minutes: int | None = None,
) -> None:
    """Save the *rules* of a calendar, with the length of its meetings, and its *hosts*; it keeps its zone.

    *reminder_minutes* is how long before an appointment its guest is reminded, None to leave that as it is.

    *version* is the one that was seen before, *hosts* are ids of members of its team, None to leave them. Raises
    FreeTimesChanged when somebody else saved since, and Refused for hosts that cannot be; nothing is saved then.
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
            if reminder_minutes is not None:
                calendar.reminder_minutes = reminder_minutes
            row.version = version + 1
            _fill(row, rules)
            if hosts is not None:
                set_hosts(session, calendar, hosts)
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


def _stored(intervals: Intervals) -> list[list[int]]:
    return [list(each) for each in intervals]
