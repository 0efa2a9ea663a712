"""Tables of what was done to records that HubSpot had already, and of who is filling which record right now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.mapping import Section
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.sealed_text import Sealed


class FilledValue(Base):
    """A value of a delivery for a property of the record *record_id* that HubSpot had already.

    It is written down before it is sent, with *outcome* ``intent``. *value_sealed* is the value, sealed for
    ``delivery:<delivery_id>:fill:<section>:<property_name>``; it is kept while the value was sent, or may have
    been, and is empty otherwise. *code* is HubSpot's for one that it refused, *decided_at* when *outcome* was
    written.
    """

    __tablename__ = "filled_values"
    __table_args__ = (
        UniqueConstraint("delivery_id", "section", "property_name"),
        Index("ix_filled_values_record", "record_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"))
    section: Mapped[Section] = mapped_column(enum_text(Section))
    property_name: Mapped[str] = mapped_column(String(255))
    property_label: Mapped[str] = mapped_column(String(500))
    record_id: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[FillOutcome] = mapped_column(enum_text(FillOutcome))
    code: Mapped[str] = mapped_column(String(100), default="", server_default="")
    value_sealed: Mapped[Sealed] = mapped_column(default="", server_default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExistingAssociation(Base):
    """What became of the association of a contact that HubSpot had already with the booking's company.

    *other_company_id* is one that it is associated with instead.
    """

    __tablename__ = "existing_associations"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), unique=True)
    contact_id: Mapped[str] = mapped_column(String(32))
    company_id: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[JoinOutcome] = mapped_column(enum_text(JoinOutcome))
    code: Mapped[str] = mapped_column(String(100), default="", server_default="")
    other_company_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecordClaim(Base):
    """The right of one worker to change a record of an account: nobody else of ours writes to it meanwhile.

    The row is there while somebody has it, or until somebody takes it over from a worker that died.
    """

    __tablename__ = "record_claims"
    __table_args__ = (UniqueConstraint("hubspot_account_id", "section", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    section: Mapped[Section] = mapped_column(enum_text(Section))
    record_id: Mapped[str] = mapped_column(String(32))
    claim_owner: Mapped[str] = mapped_column(String(64))
    claim_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
