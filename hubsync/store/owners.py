"""Tables of HubSpot's owners as last read, and of the owner that a booking's new records were given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, delete, false, select, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from hubsync.domain.connections import ConnectionState
from hubsync.domain.mapping import Section
from hubsync.domain.owners import OwnerProblem
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.connections import Connection


class OwnerReading(Base):
    """When the owners of an account were read: *read_at* the last time that it worked, *tried_at* the last time.

    *trouble* is the code of the error that kept them from being read then, "" where there was none.
    """

    __tablename__ = "owner_readings"

    hubspot_account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime)
    trouble: Mapped[str] = mapped_column(String(64), default="", server_default="")


class KnownOwner(Base):
    """One owner of an account as HubSpot told it; *address_key* is the e-mail as it is compared."""

    __tablename__ = "known_owners"
    __table_args__ = (
        UniqueConstraint("hubspot_account_id", "owner_id"),
        Index("ix_known_owners_of_address", "hubspot_account_id", "address_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    owner_id: Mapped[str] = mapped_column(String(32))
    email: Mapped[str] = mapped_column(String(320), default="", server_default="")
    address_key: Mapped[str] = mapped_column(String(320), default="", server_default="")
    name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    archived: Mapped[bool] = mapped_column(default=False, server_default=false())
    person: Mapped[bool] = mapped_column(default=True, server_default=true())


def clear_trouble(session: Session, account_id: str) -> None:
    """Let bookings read the owners of the account again: it gave access anew; the caller commits."""
    readings = update(OwnerReading).where(
        OwnerReading.hubspot_account_id == account_id, OwnerReading.trouble != ""
    )
    session.execute(readings.values(trouble=""))


def forget_if_unused(session: Session, account_id: str) -> None:
    """Forget the owners, who are people, of an account that no team has any more; the caller commits."""
    is_of_account = (Connection.hubspot_account_id == account_id, Connection.state != ConnectionState.DISCONNECTED)
    if session.scalar(select(Connection.id).where(*is_of_account).limit(1)) is None:
        session.execute(delete(KnownOwner).where(KnownOwner.hubspot_account_id == account_id))
        session.execute(delete(OwnerReading).where(OwnerReading.hubspot_account_id == account_id))


class GivenOwner(Base):
    """The owner that a delivery's new company or contact was sent with, or why without one.

    Written before the record is sent: an attempt that only finds what an earlier one created tells by it what that
    had sent.
    """

    __tablename__ = "given_owners"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True)
    section: Mapped[Section] = mapped_column(enum_text(Section), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    owner_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    problem: Mapped[OwnerProblem | None] = mapped_column(enum_text(OwnerProblem))
