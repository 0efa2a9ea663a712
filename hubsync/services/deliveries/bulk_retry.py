"""Bulk retry: the deliveries a person chose are posted by a replay in the background."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hubsync.services.deliveries.replays import replay_these
from hubsync.services.deliveries.search import DeliveryFilter, visible, walk
from hubsync.store import db, end_read
from hubsync.store.calendar_visibility import sees_all
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership

PORTION = 5000


def retry_these(membership: Membership, ids: Sequence[int]) -> bool:
    """Have those of the deliveries tried again that the reader may see; whether there was one to try."""
    return _hand_over(membership, [ids])


def retry_all(membership: Membership, wanted: DeliveryFilter) -> bool:
    """Have everything tried again that is *wanted*; whether there was something to try."""
    return _hand_over(membership, walk(membership, wanted, PORTION))


def _hand_over(membership: Membership, portions: Iterable[Sequence[int]]) -> bool:
    begun = False
    team_id, by = membership.team_id, membership.person_id
    may_go_on = sees_all(membership)  # as the button that lets a paused replay go on asks for
    for ids in portions:
        seen = db.session.scalars(visible(membership, ids).with_only_columns(Delivery.id)).all()
        end_read()
        begun = replay_these(team_id, by, seen, go_on=may_go_on) is not None or begun
    return begun
