"""Table of erasures of guests: what is left to do of each, and what stays of it as a receipt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.guest_erasures import ContactFate, ContactWish
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import Person
from hubsync.store.sealed_text import NOTHING, Sealed


class GuestErasure(Base):
    """One erasure that a person asked for, written down before anything is erased.

    *email_sealed* (for ``guest-erasure:<id>``) is the guest's address until the erasure is finished, at
    *finished_at*; what stays then is *email_hash*, the hash of *salt* and address, by which whoever knows the
    address can prove that it is meant. *bookings* is how many there were when it was asked for,
    *erased_here_at* is when all of them were gone.

    *contact_wish* is what is to become of the contact in *hubspot_account_id*, *contact_fate* what has become of
    it, *registered_ids* are the contacts that HubSync registered for this guest, until the erasure is finished.
    *asked_hubspot_at* is when HubSpot was about to be told: from then on the contact may be gone. *tries* counts
    how often HubSpot was asked, *next_try_at* is when it is asked next, and is ahead while somebody asks it;
    *fault_code* is what the last try met.
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
    erased_here_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contact_wish: Mapped[ContactWish] = mapped_column(
        enum_text(ContactWish), default=ContactWish.LEFT, server_default=ContactWish.LEFT.value
    )
    contact_fate: Mapped[ContactFate] = mapped_column(
        enum_text(ContactFate, 20), default=ContactFate.NOT_ASKED, server_default=ContactFate.NOT_ASKED.value
    )
    hubspot_account_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    registered_ids: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    fault_code: Mapped[str] = mapped_column(String(64), default="", server_default="")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    asked_hubspot_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    asked_by: Mapped[Person | None] = relationship(lazy="joined")
