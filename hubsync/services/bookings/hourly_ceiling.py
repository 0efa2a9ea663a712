"""Hourly ceiling of a calendar: what comes above it is kept, and held for a look.

Whoever floods a booking page fills neither HubSpot nor anybody's mailbox with it; real guests keep their times.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.booking import PAGE
from hubsync.domain.clock_skew import SKEW
from hubsync.services import now
from hubsync.store.bookings import BookingRecord
from hubsync.store.unwanted_bookings import UnwantedBookingRules

HOUR = timedelta(hours=1)


def is_above_ceiling(session: Session, record: BookingRecord) -> bool:
    """Whether a new booking of a page comes above the hourly ceiling of its calendar.

    So many bookings as the ceiling names pass within any 60 minutes, the others are above it: those made on that
    page since this moment an hour ago count, whatever became of them, and one that was made exactly then does not.
    Asked in the unit that writes the booking down and holds the calendar (`claim_time`), so that no two at one
    instant count as one.
    """
    ceiling = session.scalar(
        select(UnwantedBookingRules.hourly_ceiling).where(UnwantedBookingRules.calendar_id == record.calendar_id)
    )
    if ceiling is None:
        return False
    # No more are counted than matter: in a flood there are thousands.
    others = (
        select(BookingRecord.id)
        .where(
            BookingRecord.team_id == record.team_id,
            BookingRecord.source == PAGE,
            BookingRecord.created_at > now() - HOUR,
            BookingRecord.created_at <= now() + SKEW,  # the others were made before a clock was set back
            BookingRecord.calendar_id == record.calendar_id,
        )
        .limit(ceiling)
    )
    with session.no_autoflush:  # the new one is on its way into this very unit
        return session.scalars(select(func.count()).select_from(others.subquery())).one() >= ceiling
