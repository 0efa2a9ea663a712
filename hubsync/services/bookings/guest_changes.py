"""Changes of an appointment by its guest: moved to another free time, or cancelled, until the least notice.

Each is one transaction that holds the booking's row first, then what a new booking holds too, in the same order.
So of several changes at one instant each finds what the one before it left, and a process that is killed leaves
the former state or the new one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from hubsync.domain.booking import LONGEST_REASON, PAGE, BookingChange, BookingEvent
from hubsync.domain.guest_changes import ChangeRefusal
from hubsync.domain.values import clean_text
from hubsync.errors import BookingNotChangeable, NotFound
from hubsync.services import now
from hubsync.services.availability.claims import claim_time
from hubsync.services.bookings.appointments import rights_of, select_booking
from hubsync.services.bookings.change_mails import put_cancelled, put_moved
from hubsync.services.bookings.completion import translate_faults
from hubsync.services.bookings.marks import mark
from hubsync.services.bookings.moves import write_move
from hubsync.services.posting.meeting_news import note_change
from hubsync.store import retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord


def cancel(slug: str, booking_id: int, reason: str = "") -> None:
    """Cancel a booking made on the page *slug*; what is cancelled already stays as it is. Its time is free then.

    Raises NotFound, BookingNotChangeable when it is too late, BookingNotKept when the database would not take it
    now.
    """
    with translate_faults():
        retry_on_conflict(partial(_cancel, slug, booking_id, clean_text(reason)[:LONGEST_REASON]))


def move(slug: str, booking_id: int, starts_at: datetime, *, seen: datetime | None, reason: str = "") -> None:
    """Move a booking made on the page *slug* to *starts_at* (aware); one that is there already stays as it is.

    *seen* is the time that the guest knew it to have. It stays with its host, or where that one is not free goes
    to the one least recently booked. Raises NotFound, BookingNotChangeable, TimeNotOffered when the time is not
    free (any more), BookingNotKept when the database would not take it now.
    """
    with translate_faults():
        retry_on_conflict(partial(_move, slug, booking_id, starts_at, seen, clean_text(reason)[:LONGEST_REASON]))


def _cancel(slug: str, booking_id: int, reason: str) -> None:
    with write_transaction() as session:
        record, starts_at = _hold(session, slug, booking_id)
        if record.cancelled_at is not None:
            return
        _require(session, record, starts_at, BookingEvent.CANCELLED)
        mark(session, record, BookingChange(PAGE, (record.external_id,), BookingEvent.CANCELLED, None, reason))
        put_cancelled(session, record, reason)
        note_change(session, record)


def _move(slug: str, booking_id: int, starts_at: datetime, seen: datetime | None, reason: str) -> None:
    with write_transaction() as session:
        record, starts_now = _hold(session, slug, booking_id)
        if record.cancelled_at is None and starts_now == starts_at:
            return
        _require(session, record, starts_now, BookingEvent.MOVED)
        if seen != starts_now:
            raise BookingNotChangeable(ChangeRefusal.MOVED_MEANWHILE)
        calendar = record.calendar
        former_times, former_host = (starts_now, record.ends_at or starts_now), record.host_id
        host = claim_time(session, calendar, starts_at, without=record.id, preferred=record.host_id)
        record.host_id, record.host = host.id, host.shown[:320]
        ends_at = starts_at + timedelta(minutes=calendar.duration_minutes)
        write_move(session, record, starts_at, ends_at, reason=reason)
        put_moved(session, record, former_times=former_times, former_host=former_host, reason=reason)
        note_change(session, record)


def _hold(session: Session, slug: str, booking_id: int) -> tuple[BookingRecord, datetime]:
    """The booking with its time, for whoever changes it: nobody else does until the caller commits."""
    held = select_booking(slug, booking_id).with_for_update(of=BookingRecord, key_share=True)
    record = session.scalar(held.execution_options(populate_existing=True))
    if record is None or record.starts_at is None:
        raise NotFound("no such booking")
    return record, record.starts_at


def _require(session: Session, record: BookingRecord, starts_at: datetime, event: BookingEvent) -> None:
    """Raise BookingNotChangeable unless its guest may let *event* happen to the booking."""
    refusal = rights_of(session, record, starts_at).refusal(event, now())
    if refusal is not None:
        raise BookingNotChangeable(refusal)
