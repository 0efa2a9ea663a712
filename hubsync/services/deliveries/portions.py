"""Portions: many deliveries are changed for a person, a few hundred at a time, each portion in a transaction.

So bookings that come in meanwhile do not wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.services import now
from hubsync.services.deliveries.search import visible
from hubsync.services.teams.audit import record
from hubsync.store import lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.teams import Membership

PORTION = 500
SECONDS = 8.0
"""How long one press of a button works; what is left is said, and done by the next press."""

Mark = Callable[[Session, Sequence[Delivery]], list[int]]
"""Changes those of the deliveries that it can, within the caller's transaction; returns their ids."""


@dataclass(frozen=True)
class BulkResult:
    """How many were changed, and between which moments; *finished* unless time was up before."""

    number: int
    since: datetime
    until: datetime
    finished: bool = True


def go_through(
    membership: Membership, portions: Iterable[Sequence[int]], mark: Mark, action: AuditAction
) -> BulkResult:
    """Have *mark* change what the reader may see of *portions* of ids, for as long as a page may take."""
    since, ends = now(), time.monotonic() + SECONDS
    number, finished = 0, True
    for ids in portions:
        if time.monotonic() > ends:
            finished = False
            break
        number += retry_on_conflict(partial(_mark_portion, membership, ids, mark, action))
    return BulkResult(number, since, now(), finished)


def in_portions(ids: Sequence[int], size: int = PORTION) -> Iterable[Sequence[int]]:
    """The *ids* as `go_through` takes them."""
    for beginning in range(0, len(ids), size):
        yield ids[beginning : beginning + size]


def seen_by(asked: datetime | None, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """Those of *deliveries* that had come in, and had ended as they are, when a person was told at *asked*; all
    of them without that."""
    return deliveries if asked is None else [each for each in deliveries if not _is_newer(each, asked)]


def _is_newer(delivery: Delivery, asked: datetime) -> bool:
    # What lies ahead of now was written before a clock was put back, and is not new for that.
    return asked < (delivery.finished_at or delivery.created_at) <= now()


def _mark_portion(membership: Membership, ids: Sequence[int], mark: Mark, action: AuditAction) -> int:
    with write_transaction() as session:
        lock_in_order(session, LOCKED.where(Delivery.id.in_(ids)))
        marked = mark(session, session.scalars(visible(membership, ids)).all())
        if marked:
            which = {"delivery": marked[0]} if len(marked) == 1 else {}
            record(session, membership.team_id, membership.person_id, action, number=len(marked), **which)
    return len(marked)
