"""How many deliveries are in which state, kept up to date with every change so that nobody has to count."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base

ALL_DAYS = ""


class DeliveryCount(Base):
    """How many deliveries of one calendar are counted as *state*.

    *day* is the UTC day on which their bookings were completed, such as ``2026-11-23``, or "" for all that are
    there. Rows of a day keep their numbers when old deliveries are erased; the row of all days does not.
    *state* is a state of a delivery or ``dismissed``.
    """

    __tablename__ = "delivery_counts"
    __table_args__ = (Index("ix_delivery_counts_team", "team_id", "day", "state"),)

    calendar_id: Mapped[int] = mapped_column(
        ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    number: Mapped[int]
