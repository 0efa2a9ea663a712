"""Taking in of an import: its rows become bookings with deliveries, each row exactly once.

A row and the note that it is done are one commit, so that no end of a process loses or doubles one. Only so many
deliveries are on their way at a time: they are posted like any other, within HubSpot's limits, and who pauses or
stops an import does so for all that is not on its way.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.booking import PAGE, Booking
from hubsync.domain.csv_files.records import Record
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.imports.rows import Plan, read_row
from hubsync.domain.imports.states import ImportState
from hubsync.services import now, tools
from hubsync.services.bookings.completion import write_imported
from hubsync.services.import_files import ROWS, drop_file, lock_rows
from hubsync.services.imports.hold import HoldLost, holding
from hubsync.services.imports.reading_settings import plan_of
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import BookingImport, ImportedBooking
from hubsync.store.leases import IMPORT

UNDER_WAY = 50
"""So many of its deliveries are on their way at a time."""
AT_ONCE = 25
"""Rows in one transaction."""
_ON_THEIR_WAY = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRYING)


def take_rows_in(import_id: int, worker: str, goes_on: Callable[[], bool]) -> int:
    """Take rows in as long as it *goes_on* and HubSpot's limits keep up; return how many. Raises HoldLost."""
    taken = 0
    while goes_on():
        booking_import = db.session.get_one(BookingImport, import_id, populate_existing=True)
        done, rows = booking_import.done, booking_import.rows
        plan = plan_of(booking_import)
        room = UNDER_WAY - count_on_their_way(booking_import)
        end_read()
        if done >= rows:
            _finish(import_id, worker)
            break
        if room <= 0:
            break
        taken += _take_portion(import_id, worker, done, min(AT_ONCE, room), plan)
    if taken:
        tools().wake.set()
    return taken


def count_on_their_way(booking_import: BookingImport) -> int:
    """How many of its deliveries have yet to be posted, or are waiting for their next attempt."""
    return db.session.scalars(
        select(func.count(Delivery.id))
        .join(ImportedBooking, ImportedBooking.delivery_id == Delivery.id)
        .where(
            Delivery.team_id == booking_import.team_id,
            Delivery.state.in_(_ON_THEIR_WAY),
            Delivery.dismissed_at.is_(None),
            ImportedBooking.import_id == booking_import.id,
        )
    ).one()


def _take_portion(import_id: int, worker: str, done: int, most: int, plan: Plan) -> int:
    """Take the next rows in, *most* at most, with the note that they are done; those that cannot be are left out.

    Return how many were. The rows are read here, so that whoever erases a guest finds the guest in them, or in a
    booking.
    """
    number, begin = divmod(done, ROWS)
    with holding(import_id, worker) as (session, booking_import):
        if booking_import.done != done or booking_import.state != ImportState.TAKING_IN:
            raise HoldLost
        portion = lock_rows(session, import_id, number)[begin : begin + most]
        calendar = session.get_one(Calendar, booking_import.calendar_id)
        taken = sum(_take(session, calendar, import_id, row, plan) for row in portion if row is not None)
        booking_import.done += len(portion)
        booking_import.taken += taken
    return taken


def _take(session: Session, calendar: Calendar, import_id: int, row: Record, plan: Plan) -> bool:
    booking = read_row(row, plan)
    if not isinstance(booking, Booking):
        return False
    delivery = write_imported(session, calendar, booking, _hold_its_time)
    if delivery is None:
        return False
    session.add(ImportedBooking(delivery_id=delivery.id, import_id=import_id, row=row.number))
    return True


def _hold_its_time(session: Session, booking: BookingRecord) -> bool:
    """An appointment to come on a booking page takes the time of the calendar's owner.

    Nothing is held for a look.
    """
    to_come = booking.starts_at is not None and booking.starts_at > now() and booking.cancelled_at is None
    if to_come and booking.calendar.source == PAGE:
        booking.host_id = booking.calendar.owner_id
    return False


def _finish(import_id: int, worker: str) -> None:
    with holding(import_id, worker) as (session, booking_import):
        end_import(session, booking_import, ImportState.FINISHED)
        record(
            session,
            booking_import.team_id,
            None,
            AuditAction.IMPORT_FINISHED,
            import_id=import_id,
            number=booking_import.taken,
        )


def end_import(session: Session, booking_import: BookingImport, state: ImportState) -> None:
    """End it in *state*, with which its file is forgotten; the caller commits."""
    booking_import.state, booking_import.ended_at = state, now()
    IMPORT.clear(booking_import)
    session.flush()
    drop_file(session, booking_import.id)
