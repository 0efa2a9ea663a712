"""Tables of completed bookings with their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.values import AnswerValue
from hubsync.store import Base, UtcDateTime
from hubsync.store.calendars import Calendar


class BookingRecord(Base):
    """One completed appointment; (team, source, external id) makes the same booking twice impossible.

    *answers* maps question ids (as text) to a text, a list of texts, true, false or null. *notes* are those of
    `domain/notes`.
    """

    __tablename__ = "bookings"
    __table_args__ = (UniqueConstraint("team_id", "source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))
    guest_name: Mapped[str] = mapped_column(String(500), default="")
    guest_email: Mapped[str] = mapped_column(String(320), default="", index=True)
    guest_time_zone: Mapped[str] = mapped_column(String(64), default="")
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    host: Mapped[str] = mapped_column(String(320), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    url_params: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    calendar: Mapped[Calendar] = relationship(lazy="joined")

    def answer_to(self, question_id: int) -> AnswerValue:
        """What the guest answered; None where nothing is stored."""
        stored = self.answers.get(str(question_id))
        return tuple(stored) if isinstance(stored, list) else stored
