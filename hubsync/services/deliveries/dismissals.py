"""Dismissals of deliveries that nobody needs any more, one or many, and their undo.

Many are done in portions, each a transaction of its own, so that bookings that come in meanwhile do not wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.search import DeliveryFilter, visible, walk
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership

PORTION = 500
SECONDS = 8.0
"""How long one press of a button works; what is left is said, and done by the next press."""

Mark = Callable[[Session, Sequence[Delivery]], list[int]]


@dataclass(frozen=True)
class DismissalResult:
    """How many were marked or unmarked, and between which moments; *finished* unless time was up before."""

    number: int
    since: datetime
    until: datetime
    finished: bool = True


def dismiss_these(membership: Membership, ids: Sequence[int]) -> DismissalResult:
    """Dismiss those of the deliveries that the reader may see and that can be; the others stay as they are."""
    return _dismiss(membership, _portions(ids))


def dismiss_all(membership: Membership, wanted: DeliveryFilter, asked: datetime) -> DismissalResult:
    """Dismiss everything that is *wanted*, for as long as a page may take, but for what nobody has seen.

    That is what came in or ended after *asked*, the moment at which the person was told how many there are.
    """
    return _dismiss(membership, walk(membership, wanted, PORTION), asked)


def take_back_these(membership: Membership, ids: Sequence[int]) -> DismissalResult:
    """Take the mark off those of the deliveries that the reader may see."""
    return _take_back(membership, _portions(ids))


def take_back_all(membership: Membership, wanted: DeliveryFilter) -> DismissalResult:
    """Take the mark off everything that is *wanted*, for as long as a page may take."""
    return _take_back(membership, walk(membership, wanted, PORTION))


def take_back_since(membership: Membership, since: datetime, until: datetime) -> DismissalResult:
    """Undo: take the mark off what this person dismissed between these moments, both included."""
    return _take_back(membership, _marked_between(membership, since, until))


def count_since(membership: Membership, since: datetime, until: datetime) -> int:
    """How many the undo would take back."""
    return db.session.scalars(_marked(membership, since, until).with_only_columns(func.count(Delivery.id))).one()


def _dismiss(
    membership: Membership, portions: Iterable[Sequence[int]], asked: datetime | None = None
) -> DismissalResult:
    by = membership.person_id

    def mark(session: Session, deliveries: Sequence[Delivery]) -> list[int]:
        seen = deliveries if asked is None else [each for each in deliveries if not _is_newer(each, asked)]
        return transitions.dismiss(session, seen, by)

    return _go_through(membership, portions, mark, AuditAction.DISMISSED)


def _is_newer(delivery: Delivery, asked: datetime) -> bool:
    # What lies ahead of now was written before a clock was put back, and is not new for that.
    return asked < (delivery.finished_at or delivery.created_at) <= now()


def _take_back(membership: Membership, portions: Iterable[Sequence[int]]) -> DismissalResult:
    return _go_through(membership, portions, transitions.take_back_dismissal, AuditAction.DISMISSAL_TAKEN_BACK)


def _go_through(
    membership: Membership, portions: Iterable[Sequence[int]], mark: Mark, action: AuditAction
) -> DismissalResult:
    since, ends = now(), time.monotonic() + SECONDS
    number, finished = 0, True
    for ids in portions:
        if time.monotonic() > ends:
            finished = False
            break
        number += retry_on_conflict(partial(_mark_portion, membership, ids, mark, action))
    return DismissalResult(number, since, now(), finished)


def _mark_portion(membership: Membership, ids: Sequence[int], mark: Mark, action: AuditAction) -> int:
    with write_transaction() as session:
        marked = mark(session, session.scalars(visible(membership, ids)).all())
        if marked:
            which = {"delivery": marked[0]} if len(marked) == 1 else {}
            record(session, membership.team_id, membership.person_id, action, number=len(marked), **which)
    return len(marked)


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


def _portions(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for beginning in range(0, len(ids), PORTION):
        yield ids[beginning : beginning + PORTION]
