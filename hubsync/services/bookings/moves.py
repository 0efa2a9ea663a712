"""Move of a booking to another time, whoever moves it: its source, or its guest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hubsync.domain.booking import LONGEST_REASON, BookingEvent
from hubsync.services import now
from hubsync.services.bookings.marks import forget_marks
from hubsync.store.bookings import BookingHistory, BookingRecord


def write_move(
    session: Session,
    record: BookingRecord,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    occurred_at: datetime | None = None,
    reason: str = "",
    differing: Sequence[dict[str, Any]] = (),
) -> None:
    """Give *record* its new time, with a line of history; the marks of the former time go. The caller commits.

    *occurred_at* is when it was moved, where that is said; *differing* are answers that came with the move.
    """
    session.add(
        BookingHistory(
            booking_id=record.id,
            event=BookingEvent.MOVED,
            at=occurred_at or now(),
            started_before=record.starts_at,
            starts_after=starts_at,
            reason=reason[:LONGEST_REASON],
            differing=list(differing),
        )
    )
    record.starts_at, record.ends_at = starts_at, ends_at
    forget_marks(record, occurred_at)
    record.state_at = occurred_at or record.state_at
