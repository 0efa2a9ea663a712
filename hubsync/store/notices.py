"""Notices: when a team was last told by mail that something needs a person, and who is telling it now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base, UtcDateTime


class Notice(Base):
    """One row per team: the throttle of its notices.

    *sent_at* is when a mail server last accepted one (*unconfirmed* when the line was lost after the mail was
    handed over, so that it may have arrived). *worker* and *worker_until* are the lease of the one worker that
    sends; *tries* and *not_before* are for a mail server that does not take it. *failures* is how many deliveries
    the last accepted notice told of.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), unique=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unconfirmed: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(String(64), default="")
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
