"""Table of replays: bookings that a person had posted after all, many at once, in the background."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime
from hubsync.store.people import Person


class Replay(Base):
    """One run through deliveries that a person wants posted; a team has at most one that has not ended.

    Its deliveries carry its id until they have been tried. *total* is how many it was given. *paused_at* is when a
    person paused it. *ended_at* is when it was through, or stopped: *ended_code* is then the code of the error
    that stopped it, such as ``access_lost``, or ``stopped`` when a person did. *worker* and *worker_until* are the
    lease of the one worker that goes through it. *posted*, *duplicate* and *troubled* count what became of those
    that it tried; one whose worker died in between is in none of them.
    """

    __tablename__ = "replays"
    __table_args__ = (
        Index("ix_replays_team", "team_id", "id"),
        Index(
            "uq_replays_open",
            "team_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    total: Mapped[int] = mapped_column(default=0)
    posted: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    troubled: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_code: Mapped[str] = mapped_column(String(64), default="")
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    started_by: Mapped[Person | None] = relationship(lazy="joined")
