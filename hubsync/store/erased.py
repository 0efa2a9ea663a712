"""Tombstones of erased bookings: enough to recognise one when its source sends it once more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime


class ErasedBooking(Base):
    """The SHA-256 (hex) of a source's booking id, with the id and the last state of its delivery."""

    __tablename__ = "erased_bookings"
    __table_args__ = (UniqueConstraint("team_id", "source", "external_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(32))
    external_hash: Mapped[str] = mapped_column(String(64))
    delivery_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
