"""Former bookings of a time: those that took it once, and do not any more."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.booking import BookingEvent
from hubsync.store.bookings import BookingHistory, BookingRecord


class FormerBooking(NamedTuple):
    """A booking that gave the time *starts_at* up *at* a moment; *moved_to* is None where it was cancelled."""

    starts_at: datetime
    at: datetime
    moved_to: datetime | None = None


def list_former_bookings(
    session: Session, calendar_id: int, begin: datetime, end: datetime
) -> list[FormerBooking]:
    """Those of a calendar that began from *begin* until before *end* (aware), as they gave it up."""
    cancelled = select(BookingRecord.starts_at, BookingRecord.cancelled_at).where(
        BookingRecord.calendar_id == calendar_id,
        BookingRecord.cancelled_at.is_not(None),
        BookingRecord.starts_at >= begin,
        BookingRecord.starts_at < end,
    )
    moved = (
        select(BookingHistory.started_before, BookingHistory.at, BookingHistory.starts_after)
        .join(BookingRecord, BookingRecord.id == BookingHistory.booking_id)
        .where(
            BookingRecord.calendar_id == calendar_id,
            BookingHistory.event == BookingEvent.MOVED,
            BookingHistory.started_before >= begin,
            BookingHistory.started_before < end,
            BookingRecord.starts_at != BookingHistory.started_before,  # it may have been moved back
        )
    )
    found = [FormerBooking(*row) for query in (cancelled, moved) for row in session.execute(query)]
    return sorted(found, key=lambda each: each.at)
