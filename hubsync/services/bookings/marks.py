"""Marks of a booking that its source sets and takes back: cancelled, and that its guest did not come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.booking import LONGEST_REASON, Booking, BookingChange, BookingEvent
from hubsync.domain.received import Result
from hubsync.services import now
from hubsync.store.bookings import BookingHistory, BookingRecord

MARKS = {
    BookingEvent.CANCELLED: Result.CANCELLED,
    BookingEvent.NO_SHOW: Result.NO_SHOW,
    BookingEvent.SHOWED: Result.SHOWED,
}


def set_marks(record: BookingRecord, booking: Booking) -> None:
    """Give a new *record* the marks that its first news have.

    The former side of a move has none: its own time is over, and it does not say since when the new one counts.
    """
    if booking.replaced_by:
        return
    record.state_at = booking.occurred_at
    at = booking.occurred_at or now()
    if booking.event is BookingEvent.CANCELLED:
        record.cancelled_at = at
    elif booking.event is BookingEvent.NO_SHOW:
        record.no_show_at = at


def tell_first_mark(session: Session, record: BookingRecord, booking: Booking) -> None:
    """Write down the mark that the first news of *record* set; the caller commits."""
    if booking.event in MARKS and not booking.replaced_by:
        session.add(_line(record, booking, booking.occurred_at or now()))


def mark(session: Session, record: BookingRecord, told: Booking | BookingChange) -> Result:
    """Set the mark that *told* names, or take it back, unless it is as told already or newer.

    That a no-show was taken back may come before it: it is written down, and the no-show is older then.
    """
    set_at = record.cancelled_at if told.event is BookingEvent.CANCELLED else record.no_show_at
    last = _last_attendance(session, record, told.event)
    newest = max(filter(None, [record.state_at, last]), default=None)
    is_as_told = (set_at is not None) == (told.event is not BookingEvent.SHOWED)
    comes_first = told.event is BookingEvent.SHOWED and told.occurred_at is not None and last is None
    if (is_as_told and not comes_first) or is_older(told.occurred_at, newest):
        return Result.REPEATED
    at = told.occurred_at or now()
    if told.event is BookingEvent.CANCELLED:
        record.cancelled_at = at
    else:
        record.no_show_at = at if told.event is BookingEvent.NO_SHOW else None
    session.add(_line(record, told, at))
    return MARKS[told.event]


def forget_marks(record: BookingRecord, occurred_at: datetime | None) -> None:
    """Take back what was said of a former time; not what was said after *occurred_at*, where that is known."""
    if not is_older(occurred_at, record.cancelled_at):
        record.cancelled_at = None
    if not is_older(occurred_at, record.no_show_at):
        record.no_show_at = None


def is_older(occurred_at: datetime | None, known_at: datetime | None) -> bool:
    """Whether something is older than what is known since *known_at*; no where either is not said."""
    return occurred_at is not None and known_at is not None and occurred_at < known_at


def _line(record: BookingRecord, told: Booking | BookingChange, at: datetime) -> BookingHistory:
    return BookingHistory(booking_id=record.id, event=told.event, at=at, reason=told.reason[:LONGEST_REASON])


def _last_attendance(session: Session, record: BookingRecord, event: BookingEvent) -> datetime | None:
    """When it was last told whether the guest came, where *event* is about that."""
    if event is BookingEvent.CANCELLED:
        return None
    lines = select(func.max(BookingHistory.at)).where(
        BookingHistory.booking_id == record.id,
        BookingHistory.event.in_((BookingEvent.NO_SHOW, BookingEvent.SHOWED)),
    )
    return session.scalar(lines)
