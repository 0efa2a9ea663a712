"""Tables of watch only: what each booking would have done in HubSpot, had it been posted.

A row is there as long as its delivery was watched and not posted. Nothing that a guest answered is in it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Expected
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text


class WatchedDelivery(Base):
    """What would have become of one delivery in the HubSpot account that was connected then.

    *day* is the UTC day on which its booking came in, as the kept counts name it. *company_id* and *contact_id*
    are records that HubSpot has, *company_by* is how the company was found: domain, name, merged or memory.
    *company_code* and *contact_code* say why it is not known whether HubSpot has one, or why it would be refused;
    of a company that would be created, what HubSpot could not be asked for.
    *associated* is whether the contact would have been associated with the company, *filled* how many values of
    records that HubSpot has would have been filled in, *meeting* whether one would have been put on the timeline,
    *omitted* how many rows would have been left out.
    """

    __tablename__ = "watched_deliveries"
    __table_args__ = (Index("ix_watched_deliveries_day", "team_id", "hubspot_account_id", "day"),)

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    day: Mapped[str] = mapped_column(String(10))
    watched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    company: Mapped[Expected] = mapped_column(enum_text(Expected))
    company_id: Mapped[str] = mapped_column(String(32), default="")
    company_by: Mapped[str] = mapped_column(String(16), default="")
    company_code: Mapped[str] = mapped_column(String(64), default="")
    contact: Mapped[Expected] = mapped_column(enum_text(Expected))
    contact_id: Mapped[str] = mapped_column(String(32), default="")
    contact_code: Mapped[str] = mapped_column(String(64), default="")
    associated: Mapped[bool]
    filled: Mapped[int] = mapped_column(default=0, server_default="0")
    meeting: Mapped[bool] = mapped_column(default=False, server_default=false())
    omitted: Mapped[int]


class OmittedRow(Base):
    """A row of the mapping that would have been left out of a watched delivery, and the code of the reason."""

    __tablename__ = "watched_omissions"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("watched_deliveries.delivery_id", ondelete="CASCADE"), index=True
    )
    section: Mapped[Section] = mapped_column(enum_text(Section))
    property_name: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(64))


class ForeseenRecord(Base):
    """What a watched delivery would have created, filled or associated, so that later ones do not count it again.

    *mark* is the fingerprint of what it would be known by. This is no memory of what HubSpot has: it is thrown
    away when the team goes live.
    """

    __tablename__ = "foreseen_records"
    __table_args__ = (UniqueConstraint("team_id", "hubspot_account_id", "mark", name="uq_foreseen_records_mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    hubspot_account_id: Mapped[str] = mapped_column(String(32))
    mark: Mapped[str] = mapped_column(String(64))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
