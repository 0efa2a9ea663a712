"""Tables behind the metrics: what all processes count together, and when background work was done last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime


class KeptNumber(Base):
    """A number that only grows, of one *name* and *label*: calls, seconds, attempts, of all the time."""

    __tablename__ = "kept_numbers"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    label: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[float]


class BackgroundRound(Base):
    """The last round of due work of one kind (*name*) by any process: when it ended, and how long it took."""

    __tablename__ = "background_rounds"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seconds: Mapped[float]
