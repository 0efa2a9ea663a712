"""Replays: what was missed while HubSpot could not be posted to is posted after all, the oldest first, unattended.

A replay is a row, and its deliveries carry its id until they are tried, so that it goes on wherever it was when a
process ends. One worker at a time goes through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.delivery_states import RETRIABLE, DeliveryState
from hubsync.domain.reasons import Reason
from hubsync.domain.replays import ReplayState
from hubsync.errors import AnotherAccount, WatchOnly
from hubsync.services import now, tools
from hubsync.services.deliveries.undoing import COUNTS_AS_UNDONE
from hubsync.services.deliveries.watched import to_be_finished, to_be_posted
from hubsync.services.teams.audit import record
from hubsync.services.teams.plans import team_may_post
from hubsync.store import changed, db, lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.calendar_visibility import in_visible_calendars
from hubsync.store.connections import Connection
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.leases import REPLAY
from hubsync.store.mappings import MappingRecord
from hubsync.store.replays import Replay
from hubsync.store.teams import Membership
from hubsync.store.undoings import Undoing

_WATCHING = select(Connection.team_id).where(Connection.watching_since.is_not(None))


@dataclass(frozen=True)
class Progress:
    """How far a replay is: *left* of its *total* have yet to be tried."""

    replay: Replay
    left: int

    @property
    def done(self) -> int:
        return max(0, self.replay.total - self.left)

    @property
    def state(self) -> ReplayState:
        if self.replay.ended_at is not None:
            return ReplayState.STOPPED if self.replay.ended_code else ReplayState.FINISHED
        return ReplayState.PAUSED if self.replay.paused_at is not None else ReplayState.RUNNING


def count_missed(team_id: int, calendar_id: int | None = None) -> int:
    """How many bookings wait that could be posted now, and that no replay has yet; none without the plan.

    One whose first half is in another HubSpot account is not among them: a person looks at it by itself. Nor is
    one that waits for the team to go live, which has a button of its own.
    """
    return db.session.scalars(select(func.count(Delivery.id)).where(_missed(team_id, calendar_id))).one()


def count_missed_seen(membership: Membership) -> int:
    """The same of what the reader may see."""
    missed = select(func.count(Delivery.id)).where(
        _missed(membership.team_id, None), in_visible_calendars(membership, Delivery)
    )
    return db.session.scalars(missed).one()


def replay_missed(team_id: int, person_id: int, calendar_id: int | None = None) -> Replay | None:
    """Have everything posted that waits and can be posted now; of one calendar only if that is given.

    Pressed again while a replay runs, it adds what has come to wait since, and goes on if it was paused.
    Returns None, and does nothing, when nothing waits.
    """
    return _begin(team_id, person_id, _missed(team_id, calendar_id))


def replay_these(
    team_id: int, person_id: int, delivery_ids: Sequence[int], *, go_on: bool = True
) -> Replay | None:
    """Have these deliveries of the team tried again, whatever kept them; those that cannot be are omitted.

    They join a replay that has not ended. One that is paused goes on with that, unless *go_on* says that the
    person may not let it; they rest with it then.
    """
    chosen = and_(
        Delivery.team_id == team_id,
        Delivery.id.in_(delivery_ids),
        Delivery.state.in_(RETRIABLE),
        Delivery.replay_id.is_(None),
        Delivery.id.not_in(select(Undoing.delivery_id).where(COUNTS_AS_UNDONE)),
        or_(Delivery.reason != WatchOnly.code, Delivery.team_id.not_in(_WATCHING)),
    )
    return _begin(team_id, person_id, chosen, go_on=go_on)


def replay_watched(team_id: int, person_id: int, account_id: str, *, watched: bool) -> Replay | None:
    """Have posted what was begun before the team watched only, and if *watched* what was watched in the account.

    Pressed twice, or by two at one instant, each delivery is posted once.
    """
    chosen = to_be_finished(team_id)
    return _begin(team_id, person_id, or_(chosen, to_be_posted(team_id, account_id)) if watched else chosen)


def read_progress(team_id: int) -> Progress | None:
    """How far the team's replay is, or how the last one ended; None when there never was one."""
    newest = select(Replay).where(Replay.team_id == team_id).order_by(Replay.id.desc()).limit(1)
    replay = db.session.scalar(newest, execution_options={"populate_existing": True})
    return Progress(replay, count_left(replay.id)) if replay is not None else None


def count_left(replay_id: int) -> int:
    """How many deliveries the replay has yet to try."""
    return db.session.scalars(select(func.count(Delivery.id)).where(Delivery.replay_id == replay_id)).one()


def pause(team_id: int, person_id: int) -> None:
    """Let the replay rest after the delivery that is under way; twice does no harm."""
    with write_transaction() as session:
        if _change(session, team_id, Replay.paused_at.is_(None), paused_at=now()):
            record(session, team_id, person_id, AuditAction.REPLAY_PAUSED)


def go_on(team_id: int, person_id: int) -> None:
    """Let a paused replay go on; twice does no harm."""
    with write_transaction() as session:
        if _change(session, team_id, Replay.paused_at.is_not(None), paused_at=None):
            record(session, team_id, person_id, AuditAction.REPLAY_CONTINUED)
    tools().wake.set()


def stop(team_id: int, person_id: int) -> None:
    """End the replay; what it has not tried goes on waiting, and can be replayed later."""
    with write_transaction() as session:
        replay = _open(session, team_id)
        if replay is not None:
            end(session, replay, ReplayState.STOPPED)
            record(session, team_id, person_id, AuditAction.REPLAY_STOPPED)


def end(session: Session, replay: Replay, code: str = "") -> None:
    """End *replay*, early when *code* says why; the caller commits."""
    replay.ended_at, replay.ended_code = now(), code
    REPLAY.clear(replay)
    lock_in_order(session, LOCKED.where(Delivery.replay_id == replay.id))
    session.execute(
        update(Delivery).where(Delivery.replay_id == replay.id).values(replay_id=None),
        execution_options={"synchronize_session": False},
    )


def _begin(team_id: int, person_id: int, chosen: ColumnElement[bool], *, go_on: bool = True) -> Replay | None:
    replay = retry_on_conflict(lambda: _take_up(team_id, person_id, chosen, go_on))  # two may press at one instant
    tools().wake.set()
    return replay


def _take_up(team_id: int, person_id: int, chosen: ColumnElement[bool], go_on: bool) -> Replay | None:
    with write_transaction() as session:
        replay = _open(session, team_id)
        if replay is None:
            replay = Replay(team_id=team_id, started_by_id=person_id, started_at=now())
            session.add(replay)
            session.flush()
        lock_in_order(session, LOCKED.where(chosen))
        taken = update(Delivery).where(chosen).values(replay_id=replay.id)
        number = changed(session, taken.execution_options(synchronize_session=False))
        if not number and not replay.total:
            session.delete(replay)
            return None
        if go_on:
            replay.paused_at = None
        if not number:
            return replay
        replay.total += number
        record(session, team_id, person_id, AuditAction.REPLAY_STARTED, number=number)
        return replay


def _open(session: Session, team_id: int) -> Replay | None:
    query = select(Replay).where(Replay.team_id == team_id, Replay.ended_at.is_(None))
    return session.scalar(query.with_for_update(of=Replay))


def _change(session: Session, team_id: int, condition: ColumnElement[bool], **values: object) -> bool:
    replay = update(Replay).where(Replay.team_id == team_id, Replay.ended_at.is_(None), condition)
    return changed(session, replay.values(**values)) > 0


def _missed(team_id: int, calendar_id: int | None) -> ColumnElement[bool]:
    mapped = select(MappingRecord.calendar_id).where(MappingRecord.active)
    missed = and_(
        Delivery.team_id == team_id,
        team_may_post(team_id),
        Delivery.state == DeliveryState.WAITING,
        Delivery.dismissed_at.is_(None),
        Delivery.replay_id.is_(None),
        Delivery.reason.not_in((AnotherAccount.code, WatchOnly.code)),
        or_(Delivery.reason != Reason.NOT_ADDED, Delivery.calendar_id.in_(mapped)),
    )
    return missed if calendar_id is None else and_(missed, Delivery.calendar_id == calendar_id)
