"""Deliveries: how far each booking got on its way into HubSpot, and every attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.store import Base, UtcDateTime
from hubsync.store.bookings import BookingRecord


class Delivery(Base):
    """The record of carrying one booking into HubSpot.

    *state* is one of SPEC's: pending, sending, posted, duplicate, partial, skipped, waiting, retrying, failed.
    *company* is "" (not tried), created, duplicate, none (nothing to post), intent (a create was sent and its
    answer not yet stored) or refused; *contact* likewise; *association* is "", made, none or refused.
    *lease_owner* and *lease_until* name the worker that has taken it while ``sending``.
    *reason* is the code of the error (or of the skip) that decided the state.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_team_recent", "team_id", "id"),
        Index("ix_deliveries_team_state", "team_id", "state", "id"),
        Index("ix_deliveries_due", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), index=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts_used: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hubspot_account_id: Mapped[str] = mapped_column(String(32), default="")
    company: Mapped[str] = mapped_column(String(16), default="")
    company_id: Mapped[str] = mapped_column(String(32), default="")
    company_matches: Mapped[int] = mapped_column(default=0)
    contact: Mapped[str] = mapped_column(String(16), default="")
    contact_id: Mapped[str] = mapped_column(String(32), default="")
    association: Mapped[str] = mapped_column(String(16), default="")
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    booking: Mapped[BookingRecord] = relationship(lazy="joined")
    attempts: Mapped[list[Attempt]] = relationship(order_by="Attempt.id", viewonly=True)


class Attempt(Base):
    """One try, kept for ever: which step decided it and what HubSpot said, in our words.

    *code* is the error's code ("" when the attempt ended well), *message* carries no guest's answer.
    """

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(64), default="")
    message: Mapped[str] = mapped_column(String(1000), default="")
    http_status: Mapped[int | None]
    correlation_id: Mapped[str] = mapped_column(String(100), default="")
