"""Counters of deliveries by state, updated with every change so that nobody has to count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, ScalarSelect, Select, String, Text, cast, func, select
from sqlalchemy.orm import Mapped, mapped_column

from hubsync.domain.delivery_states import IN_TROUBLE, DeliveryState
from hubsync.domain.open_troubles import holds_up, is_of_property
from hubsync.store import Base, db
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord

ALL_DAYS = ""
LOOKED_AT = 20_000
ABOUT = timedelta(minutes=1)
"""The booking that noticed a trouble was written down just before it."""


class DeliveryCount(Base):
    """How many deliveries of one calendar are counted as *state*.

    *day* is the UTC day on which their bookings were completed, such as ``2026-11-23``, or "" for all that are
    there. Rows of a day keep their numbers when old deliveries are erased; the row of all days does not.
    *state* is a state of a delivery or ``dismissed``.
    """

    __tablename__ = "delivery_counts"
    __table_args__ = (Index("ix_delivery_counts_team", "team_id", "day", "state"),)

    calendar_id: Mapped[int] = mapped_column(
        ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    state: Mapped[str] = mapped_column(String(16), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    number: Mapped[int]


def count_held_up(team_id: int) -> ScalarSelect[int]:
    """A subquery that counts what waits for access: the team's waiting deliveries of calendars with a mapping.

    Those of other calendars wait for a mapping.
    """
    return held_up(DeliveryCount.team_id == team_id).scalar_subquery()


def held_up(seen: ColumnElement[bool]) -> Select[int]:
    """How many of the deliveries *seen* wait for access, as a query; those without a mapping wait for that."""
    return select(func.coalesce(func.sum(DeliveryCount.number), 0)).where(
        seen,
        DeliveryCount.day == ALL_DAYS,
        DeliveryCount.state == DeliveryState.WAITING,
        DeliveryCount.calendar_id.in_(select(MappingRecord.calendar_id)),
    )


def count_held_by(team_id: int, trouble: str, since: datetime | None = None) -> int:
    """Count the team's deliveries that a trouble of `domain/open_troubles` holds up.

    Of a property those are counted that were posted without it *since* then, among the newest `LOOKED_AT` ones: no
    index knows of it.
    """
    if not is_of_property(trouble):
        return count_with_reason(team_id, IN_TROUBLE, (trouble,))
    _section, _dot, name = trouble.partition(".")
    newest = select(Delivery.remarks, Delivery.finished_at).where(Delivery.team_id == team_id)
    looked_at = newest.order_by(Delivery.id.desc()).limit(LOOKED_AT).subquery()
    remarks = cast(looked_at.c.remarks, Text)
    query = select(looked_at.c.remarks).where(remarks.contains(f'"property": "{name}"', autoescape=True))
    if since is not None:
        query = query.where(looked_at.c.finished_at >= since - ABOUT)
    return sum(holds_up(trouble, "", found) for found in db.session.scalars(query))


def count_kept_back(team_id: int, codes: Sequence[str]) -> int:
    """Count the team's deliveries that are tried again and again for one of the reasons *codes*."""
    return count_with_reason(team_id, (DeliveryState.RETRYING,), codes)


def count_with_reason(team_id: int, states: Sequence[DeliveryState], codes: Sequence[str]) -> int:
    """Count the team's deliveries in one of *states* for one of the reasons *codes*, but for dismissed ones."""
    query = select(func.count(Delivery.id)).where(
        Delivery.team_id == team_id,
        Delivery.state.in_(states),
        Delivery.dismissed_at.is_(None),
        Delivery.reason.in_(codes),
    )
    return db.session.scalars(query).one()
