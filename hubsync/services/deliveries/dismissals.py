"""Dismissals of deliveries that nobody needs any more, one or many, and their undo.

Many are done in portions, each a transaction of its own, so that bookings that come in meanwhile do not wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.portions import PORTION, BulkResult, go_through, in_portions, seen_by
from hubsync.services.deliveries.search import DeliveryFilter, walk
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership


def dismiss_these(membership: Membership, ids: Sequence[int]) -> BulkResult:
    """Dismiss those of the deliveries that the reader may see and that can be; the others stay as they are."""
    return _dismiss(membership, in_portions(ids))


def dismiss_all(membership: Membership, wanted: DeliveryFilter, asked: datetime) -> BulkResult:
    """Dismiss everything that is *wanted*, for as long as a page may take, but for what nobody has seen.

    That is what came in or ended after *asked*, the moment at which the person was told how many there are.
    """
    return _dismiss(membership, walk(membership, wanted, PORTION), asked)


def take_back_these(membership: Membership, ids: Sequence[int]) -> BulkResult:
    """Take the mark off those of the deliveries that the reader may see."""
    return _take_back(membership, in_portions(ids))


def take_back_all(membership: Membership, wanted: DeliveryFilter) -> BulkResult:
    """Take the mark off everything that is *wanted*, for as long as a page may take."""
    return _take_back(membership, walk(membership, wanted, PORTION))


def take_back_since(membership: Membership, since: datetime, until: datetime) -> BulkResult:
    """Undo: take the mark off what this person dismissed between these moments, both included."""
    return _take_back(membership, _marked_between(membership, since, until))


def count_since(membership: Membership, since: datetime, until: datetime) -> int:
    """How many the undo would take back."""
    return db.session.scalars(_marked(membership, since, until).with_only_columns(func.count(Delivery.id))).one()


def _dismiss(
    membership: Membership, portions: Iterable[Sequence[int]], asked: datetime | None = None
) -> BulkResult:
    by = membership.person_id

    def mark(session: Session, deliveries: Sequence[Delivery]) -> list[int]:
        return transitions.dismiss(session, seen_by(asked, deliveries), by)

    return go_through(membership, portions, mark, AuditAction.DISMISSED)


def _take_back(membership: Membership, portions: Iterable[Sequence[int]]) -> BulkResult:
    return go_through(membership, portions, transitions.take_back_dismissal, AuditAction.DISMISSAL_TAKEN_BACK)


def _marked_between(membership: Membership, since: datetime, until: datetime) -> Iterable[Sequence[int]]:
    """Ids of what this person dismissed then, portion by portion, for as long as there are any."""
    query = _marked(membership, since, until).limit(PORTION)
    before: Sequence[int] = ()
    while ids := db.session.scalars(query).all():
        end_read()
        if ids == before:  # a role that was taken away meanwhile: nothing more can be done
            return
        before = ids
        yield ids


def _marked(membership: Membership, since: datetime, until: datetime) -> Select[int]:
    return select(Delivery.id).where(
        Delivery.team_id == membership.team_id,
        Delivery.dismissed_at >= since,
        Delivery.dismissed_at <= until,
        Delivery.dismissed_by_id == membership.person_id,
    )
