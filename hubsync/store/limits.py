"""Table of what is limited: acts of strangers, counted for some minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime


class CountedAct(Base):
    """A stranger did what is limited; kept for some minutes, to count those that come after.

    *counted_as* is a keyed hash of what is counted together: a network address, a browser, a mailbox, a calendar.
    """

    __tablename__ = "counted_acts"
    __table_args__ = (Index("ix_counted_acts_of_one", "counted_as", "at"), Index("ix_counted_acts_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    counted_as: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
