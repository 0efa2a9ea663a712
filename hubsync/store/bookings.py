"""Tables of completed bookings with their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.booking import BookingEvent
from hubsync.domain.values import AnswerValue
from hubsync.store import Base
from hubsync.store.calendars import Calendar
from hubsync.store.columns import UtcDateTime, enum_text


class BookingRecord(Base):
    """One completed appointment; (team, source, external id) makes the same booking twice impossible.

    *answers* maps question ids (as text) to a text, a list of texts, true, false or null. *notes* are those of
    `domain/notes`. A lead has no *starts_at* and no *ends_at*. *cancelled_at* and *no_show_at* are marks that its
    source set and may take back; *state_at* is of when the newest time is that the source told of, where it says
    so. *by_comparison* tells that it never came, and was found in the source's own list. *host_id* is the person
    whose time an appointment of a booking page takes, whoever's calendar it was booked on; *host_email* is the
    host's address as another source told it.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        UniqueConstraint("team_id", "source", "external_id"),
        Index("ix_bookings_of_source", "team_id", "source", "created_at"),
        # All that free times are counted from: the rows, which have the answers, are not looked at.
        Index("ix_bookings_of_host", "host_id", "ends_at", "starts_at", "cancelled_at", "calendar_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))
    guest_name: Mapped[str] = mapped_column(String(500), default="")
    guest_email: Mapped[str] = mapped_column(String(320), default="", index=True)
    guest_time_zone: Mapped[str] = mapped_column(String(64), default="")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    location: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    locale: Mapped[str] = mapped_column(String(35), default="", server_default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    no_show_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_comparison: Mapped[bool] = mapped_column(default=False, server_default=false())
    host: Mapped[str] = mapped_column(String(320), default="")
    host_email: Mapped[str] = mapped_column(String(320), default="", server_default="")
    host_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    url_params: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    calendar: Mapped[Calendar] = relationship(lazy="joined")

    def answer_to(self, question_id: int) -> AnswerValue:
        """What the guest answered; None where nothing is stored."""
        stored = self.answers.get(str(question_id))
        return tuple(stored) if isinstance(stored, list) else stored


class BookingName(Base):
    """An id by which a booking source knows a booking; (team, source, external id) names one booking at most.

    A moved booking keeps its row and gets the new id as a further name; the former one is *replaced* then, and
    what is told of it any more is part of the move.
    """

    __tablename__ = "booking_names"
    __table_args__ = (UniqueConstraint("team_id", "source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(255))
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    replaced: Mapped[bool] = mapped_column(default=False, server_default=false())


class BookingHistory(Base):
    """One thing that happened to a booking at its source besides its coming, never changed.

    *at* is when, as the source says, else when we heard of it. A move names the time before and after; *differing*
    are the answers that came with it and are not those that are posted: ``[{"label", "value"}, …]``.
    """

    __tablename__ = "booking_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), index=True)
    event: Mapped[BookingEvent] = mapped_column(enum_text(BookingEvent))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    starts_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(2000), default="")
    differing: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
