"""Tables of mappings: which information of a calendar goes into which HubSpot property."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.mapping import WhenExists
from hubsync.domain.owners import OwnerChoice
from hubsync.store import Base
from hubsync.store.calendars import Calendar
from hubsync.store.columns import UtcDateTime, enum_text


class MappingRecord(Base):
    """HubSpot as added to one calendar. *version* counts the saves, so that a stale editor is noticed.

    *associates_existing* is the switch for contacts that HubSpot has already and that have no company.
    *owner_choice* is whom new records belong to; *owner_id* and *owner_name* are those of a fixed owner, as last
    known.
    *meetings_on* puts each booking on the timeline; *meeting_title* and *meeting_body* are templates as
    `domain/meeting_template` keeps them, empty as long as it was never switched on.
    """

    __tablename__ = "mappings"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    meetings_on: Mapped[bool] = mapped_column(default=False, server_default=false())
    meeting_title: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    meeting_body: Mapped[str] = mapped_column(Text, default="", server_default="")
    companies_on: Mapped[bool] = mapped_column(default=True)
    contacts_on: Mapped[bool] = mapped_column(default=True)
    associates_existing: Mapped[bool] = mapped_column(default=False, server_default=false())
    owner_choice: Mapped[OwnerChoice] = mapped_column(
        enum_text(OwnerChoice), default=OwnerChoice.NONE, server_default=OwnerChoice.NONE.value
    )
    owner_id: Mapped[str] = mapped_column(String(32), default="", server_default="")
    owner_name: Mapped[str] = mapped_column(String(255), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    calendar: Mapped[Calendar] = relationship()
    rows: Mapped[list[MappingRow]] = relationship(
        order_by="MappingRow.section, MappingRow.position", cascade="all, delete-orphan"
    )


class MappingRow(Base):
    """One row: HubSpot Property Name <- Information to be obtained.

    The property's label and type are kept, so that no delivery has to read definitions. *information* is the
    text form of ``hubsync.domain.mapping.Information``, such as ``question:12:before_space``; *when_exists* is
    what becomes of the property where HubSpot has the record already.
    """

    __tablename__ = "mapping_rows"
    __table_args__ = (UniqueConstraint("mapping_id", "section", "property_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mapping_id: Mapped[int] = mapped_column(ForeignKey("mappings.id", ondelete="CASCADE"))
    section: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    property_name: Mapped[str] = mapped_column(String(255))
    property_label: Mapped[str] = mapped_column(String(500))
    property_type: Mapped[str] = mapped_column(String(16))
    information: Mapped[str] = mapped_column(String(255))
    when_exists: Mapped[WhenExists] = mapped_column(
        enum_text(WhenExists), default=WhenExists.LEAVE, server_default=WhenExists.LEAVE.value
    )


class CachedProperties(Base):
    """HubSpot's property definitions of one account and object as last read, for minutes.

    Kept in the database so that every worker, and an editor opened while HubSpot is down, has them.
    """

    __tablename__ = "cached_properties"
    __table_args__ = (UniqueConstraint("hubspot_account_id", "section"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    section: Mapped[str] = mapped_column(String(16))
    definitions: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
