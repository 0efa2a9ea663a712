"""Archiving of calendars: archived, restored, or deleted with everything they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.delivery_states import SETTLED
from hubsync.errors import NotFound, Refused
from hubsync.services import now
from hubsync.services.teams.audit import record
from hubsync.store import db, lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.imports import BookingImport


@dataclass(frozen=True)
class CalendarContents:
    """What goes with a calendar: its *bookings*, of which *unposted* are not in HubSpot as they should be.

    And the rest of a file, where an import into it *is_importing*.
    """

    bookings: int
    unposted: int
    is_importing: bool = False


def archive_calendar(calendar_id: int, by: int | None = None) -> None:
    """Put the calendar away: its page takes no bookings, everything it has is kept. Twice does no harm."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, calendar_id)
        if calendar.archived_at is None:
            calendar.archived_at = now()
            _record(session, calendar, by, AuditAction.CALENDAR_ARCHIVED)


def restore_calendar(calendar_id: int, by: int | None = None) -> None:
    """Take the calendar back: its page takes bookings again, at the same address."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, calendar_id)
        if calendar.archived_at is not None:
            calendar.archived_at = None
            _record(session, calendar, by, AuditAction.CALENDAR_RESTORED)


def count_losses(calendar_id: int) -> CalendarContents:
    """What would go if the calendar were deleted now."""
    counted = db.session.execute(
        select(
            func.count(Delivery.id),
            func.count(Delivery.id).filter(Delivery.state.not_in(SETTLED)),
        ).where(Delivery.calendar_id == calendar_id)
    ).one()
    is_open = (BookingImport.calendar_id == calendar_id, BookingImport.ended_at.is_(None))
    importing = db.session.scalar(select(BookingImport.id).where(*is_open).limit(1)) is not None
    return CalendarContents(*counted, is_importing=importing)


def delete_calendar(calendar_id: int, typed_name: str, by: int | None = None) -> None:
    """Delete the calendar with its questions, mapping, bookings and deliveries; records at HubSpot stay.

    Raises Refused unless *typed_name* is the calendar's name, NotFound when it is gone already.
    """
    retry_on_conflict(partial(_delete, calendar_id, typed_name, by))  # news of a booking may come meanwhile


def _delete(calendar_id: int, typed_name: str, by: int | None) -> None:
    with write_transaction() as session:
        calendar = session.get(Calendar, calendar_id)
        if calendar is None:
            raise NotFound("no such calendar")
        if " ".join(typed_name.split()) != calendar.name:
            raise Refused(_("This is not the name of the calendar."), field="name")
        # As workers do it: the deliveries first, then the calendar and the counters.
        lock_in_order(session, LOCKED.where(Delivery.calendar_id == calendar_id))
        _record(session, calendar, by, AuditAction.CALENDAR_DELETED)
        session.delete(calendar)


def _record(session: Session, calendar: Calendar, by: int | None, action: AuditAction) -> None:
    """Note the action under the calendar's name, with the id by which it is told from others of that name."""
    record(session, calendar.team_id, by, action, calendar=calendar.name, calendar_id=calendar.id)
