"""Upkeep of busy calendars: each is read every quarter of an hour, and less often while that is in vain."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, select

from hubsync.domain.busy_calendars import LONGEST_PAUSE
from hubsync.errors import HubSyncError
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.busy_calendars.readings import (
    change_calendar,
    give_back,
    new_worker,
    note_fault,
    read_calendar,
    take,
)
from hubsync.services.isolation import log_unexpected
from hubsync.store import db, end_read
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.leases import BUSY_CALENDAR, is_over

TURN_SECONDS = 20.0
"""After so long guests' bookings have their turn again."""
BATCH = 100


def read_due(stopped: Callable[[], bool] = lambda: False, *, at_most_seconds: float = TURN_SECONDS) -> list[str]:
    """Read every busy calendar that is due, until *stopped* or for a while; return a sentence for each in vain.

    Any number of workers may do this at once: each calendar is read by one of them.
    """
    lines = []
    turn = Deadline.after(at_most_seconds)
    for calendar_id in _due():
        if stopped():
            break
        worker = new_worker()
        with log_unexpected(f"reading busy calendar {calendar_id}"):
            if take(calendar_id, worker, _is_due()) and (code := _read(calendar_id, worker)):
                lines.append(f"Busy calendar {calendar_id} could not be read: {code}.")
        if not turn.left():
            break
    return lines


def _read(calendar_id: int, worker: str) -> str:
    try:
        return read_calendar(calendar_id, worker)
    except Exception:  # a bug would otherwise meet the server in every round
        db.session.rollback()
        change_calendar(
            calendar_id, worker, lambda session, row: note_fault(session, row, HubSyncError.code, None)
        )
        raise
    finally:
        give_back(worker)


def _due() -> list[int]:
    query = (
        select(BusyCalendar.id)
        .where(_is_due(), BUSY_CALENDAR.free(now()))
        .order_by(BusyCalendar.next_read_at)
        .limit(BATCH)
    )
    due = list(db.session.scalars(query))
    end_read()
    return due


def _is_due() -> ColumnElement[bool]:
    return is_over(BusyCalendar.next_read_at, now(), LONGEST_PAUSE)
