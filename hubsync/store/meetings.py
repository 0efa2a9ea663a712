"""Table of the meetings on the timeline: what became of each booking's one, and what HubSpot was told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, bindparam, text, update
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.domain.meetings import MeetingOutcome, MeetingState
from hubsync.domain.owners import OwnerProblem
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text


def _only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Meeting(Base):
    """The one meeting of a delivery's booking.

    *starts_at*, *ends_at*, *outcome* and *place* are what HubSpot was last told, *place* as a fingerprint of where
    it is. *owner_id* and *owner_name* are whom it was sent with, by the name of that time, *owner_problem* is why
    without. *due_at* is when it is compared with the booking again, because that has changed; *tries* counts how
    often that was in vain. *reason* is the code of why there is none, or of what was refused last. *former_ids*,
    separated by blanks, are meetings of bookings that were joined to this one: they are cancelled in HubSpot.
    Whoever makes or changes the meeting has the row under a lease: an attempt at the delivery, or the background.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        Index("ix_meetings_due", "due_at", **_only("due_at IS NOT NULL")),
        Index("ix_meetings_of_hubspot", "hubspot_account_id", "meeting_id", **_only("meeting_id <> ''")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), unique=True)
    state: Mapped[MeetingState] = mapped_column(enum_text(MeetingState), default=MeetingState.UNTRIED)
    hubspot_account_id: Mapped[str] = mapped_column(String(32), default="")
    meeting_id: Mapped[str] = mapped_column(String(32), default="")
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[MeetingOutcome] = mapped_column(enum_text(MeetingOutcome), default=MeetingOutcome.SCHEDULED)
    place: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(64), default="")
    owner_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    owner_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    owner_problem: Mapped[OwnerProblem | None] = mapped_column(enum_text(OwnerProblem))
    former_ids: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str] = mapped_column(String(64), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


BEGUN: dict[str, Any] = {
    "state": MeetingState.UNTRIED,
    "hubspot_account_id": "",
    "meeting_id": "",
    "outcome": MeetingOutcome.SCHEDULED,
    "place": "",
    "reason": "",
    "former_ids": "",
    "tries": 0,
    "lease_owner": "",
}
"""What a row begins with, for statements of the table."""
DUE: dict[str, Any] = {"due_at": bindparam("at"), "tries": 0}
MAKE_DUE = update(Meeting.__table__).where(Meeting.__table__.c.delivery_id == bindparam("this")).values(DUE)
"""Have the meeting of the delivery *this* compared with its booking, as soon as it is *at*."""
