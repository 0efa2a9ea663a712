"""Tables of chat alerts: the addresses that a team names, and what is on its way to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.domain.chat_alerts import AlertFault, AlertKind
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.sealed_text import Sealed


class ChatAddress(Base):
    """One address of a team, by Apprise.

    *address_sealed* is sealed for ``chat-address:<id>``; *service* and *shown* are what may be shown of it.
    *sent_at* is when an alert or a test last arrived, *fault* why the last one after that did not, at *faulty_at*.
    *alarmed_at* is when it was told of trouble that nobody has told it the end of.
    """

    __tablename__ = "chat_addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    service: Mapped[str] = mapped_column(String(60))
    shown: Mapped[str] = mapped_column(String(40))
    address_sealed: Mapped[Sealed] = mapped_column(default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fault: Mapped[AlertFault | None] = mapped_column(enum_text(AlertFault, 32))
    faulty_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alarmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChatAlert(Base):
    """One alert to one address, until it was tried; it names no guest.

    *key* is unique, so that two workers put it once. *tried_at* is set before it is handed over: nobody tries it
    again, so it arrives at most once.
    """

    __tablename__ = "chat_alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("chat_addresses.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[AlertKind] = mapped_column(enum_text(AlertKind))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
