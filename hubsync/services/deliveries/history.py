"""History of bookings for the pages of deliveries: what happened to each at its source after it came."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from hubsync.domain.booking import BookingEvent
from hubsync.store import db
from hubsync.store.bookings import BookingHistory


def read_history(booking_id: int) -> Sequence[BookingHistory]:
    """Everything that happened to the booking, in its order."""
    lines = select(BookingHistory).where(BookingHistory.booking_id == booking_id)
    return db.session.scalars(lines.order_by(BookingHistory.at, BookingHistory.id)).all()


def last_moves(booking_ids: Collection[int]) -> Mapping[int, datetime]:
    """When each of these bookings was moved last; those that never were are not there."""
    moves = (
        select(BookingHistory.booking_id, func.max(BookingHistory.at))
        .where(BookingHistory.booking_id.in_(booking_ids), BookingHistory.event == BookingEvent.MOVED)
        .group_by(BookingHistory.booking_id)
    )
    return dict(db.session.execute(moves).all())
