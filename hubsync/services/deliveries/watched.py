"""Watched deliveries: which there are, and their sums by day and in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.outcomes import Expected
from hubsync.domain.watched import Watched
from hubsync.errors import WatchOnly
from hubsync.services.teams.plans import team_may_post
from hubsync.store import db
from hubsync.store.deliveries import Delivery
from hubsync.store.watching import OmittedRow, WatchedDelivery

_PRESENT = (Expected.DUPLICATE, Expected.BY_THEN)
OF_KIND: Mapping[Watched, ColumnElement[bool]] = {
    Watched.BOOKINGS: true(),
    Watched.NEW_COMPANIES: WatchedDelivery.company == Expected.NEW,
    Watched.PRESENT_COMPANIES: WatchedDelivery.company.in_(_PRESENT),
    Watched.FORESEEN_COMPANIES: WatchedDelivery.company == Expected.BY_THEN,
    Watched.NEW_CONTACTS: WatchedDelivery.contact == Expected.NEW,
    Watched.PRESENT_CONTACTS: WatchedDelivery.contact.in_(_PRESENT),
    Watched.FORESEEN_CONTACTS: WatchedDelivery.contact == Expected.BY_THEN,
    Watched.ASSOCIATED: WatchedDelivery.associated.is_(True),
    Watched.FILLED: WatchedDelivery.filled > 0,
    Watched.MEETINGS: WatchedDelivery.meeting.is_(True),
    Watched.OMITTED: WatchedDelivery.omitted > 0,
    Watched.REFUSED: WatchedDelivery.contact == Expected.REFUSED,
    Watched.UNKNOWN: or_(WatchedDelivery.company == Expected.UNKNOWN, WatchedDelivery.contact == Expected.UNKNOWN),
}
"""What is counted, as a condition of its rows. A further step that posting takes has its line here."""


class OmittedKind(NamedTuple):
    """A row of the mapping, and why it would be left out."""

    section: str
    property_name: str
    code: str


@dataclass(frozen=True)
class WatchedFilter:
    """Watched deliveries of an account: of one kind, on one UTC *day* or any (""), of one *omitted* row or any."""

    account_id: str
    kind: Watched = Watched.BOOKINGS
    day: str = ""
    omitted: OmittedKind | None = None

    def condition(self, team_id: int) -> ColumnElement[bool]:
        """The same of deliveries."""
        wanted = select(WatchedDelivery.delivery_id).where(_of(team_id, self.account_id), OF_KIND[self.kind])
        if self.day:
            wanted = wanted.where(WatchedDelivery.day == self.day)
        if self.omitted is not None:
            rows = select(OmittedRow.delivery_id).where(
                OmittedRow.section == self.omitted.section,
                OmittedRow.property_name == self.omitted.property_name,
                OmittedRow.code == self.omitted.code,
            )
            wanted = wanted.where(WatchedDelivery.delivery_id.in_(rows))
        return Delivery.id.in_(wanted)


@dataclass(frozen=True)
class WatchSums:
    """How many watched deliveries of each kind there are *in_all* and on each of *days*, the newest first.

    *omitted* has each row that would be left out, and of how many deliveries, the most frequent first.
    """

    in_all: Mapping[Watched, int]
    days: Sequence[tuple[str, Mapping[Watched, int]]]
    omitted: Sequence[tuple[OmittedKind, int]]


def read_sums(team_id: int, account_id: str) -> WatchSums:
    """The sums of what was watched in this account and not posted."""
    numbers = [func.sum(case((OF_KIND[kind], 1), else_=0)) for kind in Watched]
    by_day = (
        select(WatchedDelivery.day, *numbers)
        .where(_of(team_id, account_id))
        .group_by(WatchedDelivery.day)
        .order_by(WatchedDelivery.day.desc())
    )
    days = [(row[0], dict(zip(Watched, row[1:], strict=True))) for row in db.session.execute(by_day)]
    number = func.count(OmittedRow.delivery_id.distinct())
    named = (OmittedRow.section, OmittedRow.property_name, OmittedRow.code)
    rows = (
        select(*named, number)
        .join(WatchedDelivery, WatchedDelivery.delivery_id == OmittedRow.delivery_id)
        .where(_of(team_id, account_id))
        .group_by(*named)
        .order_by(number.desc(), *named)
    )
    omitted = [(OmittedKind(*row[:3]), row[3]) for row in db.session.execute(rows)]
    return WatchSums({kind: sum(day[kind] for _day, day in days) for kind in Watched}, days, omitted)


def read_watched(delivery_ids: Sequence[int]) -> dict[int, WatchedDelivery]:
    """What would have become of those of the deliveries that are watched only."""
    query = select(WatchedDelivery).where(WatchedDelivery.delivery_id.in_(delivery_ids))
    return {row.delivery_id: row for row in db.session.scalars(query)}


def to_be_posted(team_id: int, account_id: str) -> ColumnElement[bool]:
    """The deliveries that were watched in this account and that going live posts, unless dismissed."""
    watched = select(WatchedDelivery.delivery_id).where(_of(team_id, account_id))
    return and_(_of_team(team_id), Delivery.state == DeliveryState.SKIPPED, Delivery.id.in_(watched))


def to_be_finished(team_id: int) -> ColumnElement[bool]:
    """The deliveries that were begun before the team watched only, and wait for the rest.

    In whichever account: one that was begun in a former one says so when it is tried.
    """
    return and_(_of_team(team_id), Delivery.state == DeliveryState.WAITING)


def count_to_be_posted(team_id: int, account_id: str) -> int:
    """How many watched deliveries going live would post."""
    return db.session.scalars(select(func.count(Delivery.id)).where(to_be_posted(team_id, account_id))).one()


def _of(team_id: int, account_id: str) -> ColumnElement[bool]:
    return and_(WatchedDelivery.team_id == team_id, WatchedDelivery.hubspot_account_id == account_id)


def _of_team(team_id: int) -> ColumnElement[bool]:
    return and_(
        Delivery.team_id == team_id,
        Delivery.reason == WatchOnly.code,
        Delivery.dismissed_at.is_(None),
        Delivery.replay_id.is_(None),
        team_may_post(team_id),
    )
