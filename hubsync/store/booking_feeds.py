"""Table of booking feeds: the secret address at which a person's calendar program reads the person's bookings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime


class BookingFeed(Base):
    """A person's feed; without a row it is off. Of the address's 256-bit token only the SHA-256 is kept."""

    __tablename__ = "booking_feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
