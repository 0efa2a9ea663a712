"""Tables of deliveries, how far each booking got on its way into HubSpot, and of every attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.outcomes import Outcome
from hubsync.store import Base
from hubsync.store.bookings import BookingRecord
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.sealed_text import Sealed

# Sorted by code point on both databases, so that all texts with one beginning stand together in an index.
BYTEWISE = String(320).with_variant(String(320, collation="C"), "postgresql")


def _only(condition: str) -> dict[str, Any]:
    """What makes an index hold only the rows that meet *condition*, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# A list of a state leaves the dismissed ones out without stepping over them, however many there are.
_OPEN = _only("dismissed_at IS NULL")
_DISMISSED = _only("dismissed_at IS NOT NULL")


class Delivery(Base):
    """The record of carrying one booking into HubSpot.

    *company*, *contact* and *association* say what became of each.
    *lease_owner* and *lease_until* name the worker that has taken it while ``sending``.
    *reason* is the code of the error (or of the skip) that decided the state. *troubled_at* is since when it has
    not been as it should be, None when all is well. *dismissed_at* and *dismissed_by_id* are the mark of a person
    who needs it no longer. *search_email* and *search_company* are what the log finds it by (see
    `domain/searching`). *replay_id* names the replay that has yet to try it.

    Only `services/deliveries/transitions` changes *state* and the mark, because the kept counts have to follow.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_team_recent", "team_id", "id"),
        Index("ix_deliveries_team_state", "team_id", "state", "id", **_OPEN),
        Index("ix_deliveries_team_dismissed", "team_id", "dismissed_at", "id", **_DISMISSED),
        Index("ix_deliveries_team_email", "team_id", "search_email", "id"),
        Index("ix_deliveries_team_company", "team_id", "search_company", "id"),
        Index("ix_deliveries_calendar_recent", "calendar_id", "id"),
        Index("ix_deliveries_calendar_state", "calendar_id", "state", "id", **_OPEN),
        Index("ix_deliveries_calendar_dismissed", "calendar_id", "dismissed_at", "id", **_DISMISSED),
        Index("ix_deliveries_calendar_email", "calendar_id", "search_email", "id"),
        Index("ix_deliveries_calendar_company", "calendar_id", "search_company", "id"),
        Index("ix_deliveries_replay", "replay_id", "id"),
        Index("ix_deliveries_created", "created_at", "id"),
        Index("ix_deliveries_due", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("bookings.id", ondelete="CASCADE"), unique=True)
    state: Mapped[DeliveryState] = mapped_column(enum_text(DeliveryState))
    reason: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts_used: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    troubled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    search_email: Mapped[str] = mapped_column(BYTEWISE, default="", server_default="")
    search_company: Mapped[str] = mapped_column(BYTEWISE, default="", server_default="")
    replay_id: Mapped[int | None] = mapped_column(ForeignKey("replays.id", ondelete="SET NULL"))
    lease_owner: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hubspot_account_id: Mapped[str] = mapped_column(String(32), default="")
    company: Mapped[Outcome] = mapped_column(enum_text(Outcome), default=Outcome.UNTRIED)
    company_id: Mapped[str] = mapped_column(String(32), default="")
    company_matches: Mapped[int] = mapped_column(default=0)
    contact: Mapped[Outcome] = mapped_column(enum_text(Outcome), default=Outcome.UNTRIED)
    contact_id: Mapped[str] = mapped_column(String(32), default="")
    association: Mapped[Outcome] = mapped_column(enum_text(Outcome), default=Outcome.UNTRIED)
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    booking: Mapped[BookingRecord] = relationship(lazy="joined")
    attempts: Mapped[list[Attempt]] = relationship(order_by="Attempt.id", viewonly=True)


LOCKED = select(Delivery.id).order_by(Delivery.id).with_for_update(key_share=True)
"""Deliveries of which several are to be changed, in the order in which everybody locks them (`lock_in_order`)."""


class Attempt(Base):
    """One try, kept for ever: which step decided it and what HubSpot answered.

    *code* is the error's code ("" when the attempt ended well), *detail* what `errors.Detail` keeps of it, which
    carries no guest's answer. *message* is the English sentence that former versions kept instead.
    *said_sealed* are HubSpot's own sentences, which may; they are sealed for ``delivery:<delivery_id>:said``.
    """

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[DeliveryState] = mapped_column(enum_text(DeliveryState))
    code: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    message: Mapped[str] = mapped_column(String(1000), default="")
    http_status: Mapped[int | None]
    correlation_id: Mapped[str] = mapped_column(String(100), default="")
    said_sealed: Mapped[Sealed] = mapped_column(default="", server_default="")
