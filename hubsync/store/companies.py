"""Table of remembered companies: what HubSync posted or found, and who is creating which company right now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime


class KnownCompany(Base):
    """One key (``domain:acme.com`` or ``name:acme``) of one HubSpot account.

    With *company_id* the company is remembered since *known_at*. With *claim_owner* a booking has claimed the key,
    because nothing or nothing recent is known: *claim_until* is when the claim expires, *sent_at* when the create
    was about to be sent, *sent_name* the name in it as it was typed. A key whose create was sent and whose answer
    never came must be looked for at HubSpot before anybody creates again.
    """

    __tablename__ = "known_companies"
    __table_args__ = (UniqueConstraint("hubspot_account_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(600))
    company_id: Mapped[str] = mapped_column(String(32), default="")
    known_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    claim_owner: Mapped[str] = mapped_column(String(64), default="")
    claim_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_name: Mapped[str] = mapped_column(Text, default="", server_default="")
