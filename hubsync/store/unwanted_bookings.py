"""Table of what calendars do about unwanted bookings."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base


class UnwantedBookingRules(Base):
    """What one calendar does about unwanted bookings (`hubsync.domain.unwanted_bookings`); saved whole.

    A calendar without a row does nothing. *version* counts what was saved, so that of two people who change it at
    one time the second is told.
    """

    __tablename__ = "unwanted_booking_rules"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True)
    hourly_ceiling: Mapped[int | None]
    most_per_guest: Mapped[int | None]
    typo_hint: Mapped[bool]
    work_email_only: Mapped[bool]
    version: Mapped[int]
