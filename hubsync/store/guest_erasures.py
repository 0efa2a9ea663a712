"""Table of erasures of guests: what is left to do of each, and what stays of it as a receipt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.store import Base, UtcDateTime
from hubsync.store.people import Person
from hubsync.store.sealed_text import NOTHING, Sealed


class GuestErasure(Base):
    """One erasure that a person asked for, written down before anything is erased.

    *email_sealed* (for ``guest-erasure:<id>``) is the guest's address until the erasure is finished, at
    *finished_at*; what stays then is *email_hash*, the hash of *salt* and address, by which whoever knows the
    address can prove that it is meant. *bookings* is how many there were when it was asked for.
    """

    __tablename__ = "guest_erasures"
    __table_args__ = (Index("ix_guest_erasures_team", "team_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    salt: Mapped[str] = mapped_column(String(32))
    email_hash: Mapped[str] = mapped_column(String(64))
    email_sealed: Mapped[Sealed] = mapped_column(default=NOTHING)
    bookings: Mapped[int]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    asked_by: Mapped[Person | None] = relationship(lazy="joined")
