"""Table of notices: when a team was last mailed that something needs a person, and who is sending now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base, UtcDateTime


class Notice(Base):
    """One row per team: the throttle of its notices.

    *sent_at*, *unconfirmed*, *tries*, *not_before* and *handing_over_at* are explained in
    `domain/notice_throttle`, which decides with them; *worker* and *worker_until* are the lease of the one worker
    that sends. *composed_at* is when that worker read what to tell, *told_until* the same of the last notice that
    counts as sent: what happened later is news. *failures* is how many deliveries the mail tells of that was
    composed last. *last_error* is why it could not be sent, a `MailFailure`, or empty.
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
    handing_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    composed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
