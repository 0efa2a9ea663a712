"""Replay worker: one delivery after the other, at the pace that HubSpot's limits leave."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.reasons import Reason
from hubsync.errors import ACCESS_GONE, NoReservation, NotFound
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.deliveries.dispatch import BACKGROUND_SECONDS, read_delivery, retake
from hubsync.services.deliveries.replays import end
from hubsync.services.deliveries.runner import carry
from hubsync.services.isolation import log_unexpected
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.rate_limits import wait_for_turn
from hubsync.services.teams.plans import may_post
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import REPLAY
from hubsync.store.replays import Replay

SLICE_SECONDS = 10.0
"""How long one round works at one replay, so that other due work has its turn."""

Stopped = Callable[[], bool]


def work_on_replays(stopped: Stopped = lambda: False, seconds: float = SLICE_SECONDS) -> list[str]:
    """Work at every open replay for so many *seconds*, or until *stopped*; return what happened, a sentence each.

    What is left over is gone on with in the next round, which begins at once unless HubSpot is to be left alone.
    """
    posted = []
    for replay_id in _open_replays():
        if stopped():
            break
        with log_unexpected(f"replay {replay_id}"):  # other teams' replays do not wait for it
            worker = _take(replay_id)
            if worker:
                tried = _go_through(replay_id, worker, stopped, seconds)
                posted.append(f"Replay {replay_id} tried {tried} deliveries.")
    return posted


def _open_replays() -> list[int]:
    ids = db.session.scalars(
        select(Replay.id).where(Replay.ended_at.is_(None), Replay.paused_at.is_(None)).order_by(Replay.id)
    ).all()
    end_read()
    return list(ids)


def _take(replay_id: int) -> str:
    """The name under which this worker has the replay; "" when another has it or a person paused or stopped it."""
    worker = secrets.token_hex(8)
    with write_transaction() as session:
        return worker if REPLAY.acquire(session, now(), *_runs(replay_id), worker=worker) else ""


def _keep(replay_id: int, worker: str) -> bool:
    """Renew the lease; False when it is lost, as when a person paused or stopped the replay."""
    with write_transaction() as session:
        return REPLAY.renew(session, now(), *_runs(replay_id), worker=worker)


def _runs(replay_id: int) -> tuple[ColumnElement[bool], ...]:
    return Replay.id == replay_id, Replay.ended_at.is_(None), Replay.paused_at.is_(None)


def _go_through(replay_id: int, worker: str, stopped: Stopped, seconds: float) -> int:
    tried = 0
    ends = time.monotonic() + seconds
    try:
        while not stopped():
            delivery = _next(replay_id)
            if delivery is None:
                if _end_if_through(replay_id, worker):
                    return tried
                continue
            delivery_id, team_id = delivery
            left = ends - time.monotonic()
            if left <= 0:
                tools().wake.set()
                return tried
            reservation = wait_for_turn(team_id, left)
            if reservation is None:
                return tried
            # Before each delivery, whose attempt is shorter than the lease.
            if not _keep(replay_id, worker):
                return tried
            if not _may_post(team_id):
                _end(replay_id, worker, Reason.PLAN)
                return tried
            outcome, reason = _try(replay_id, delivery_id, reservation)
            tried += 1
            _note(replay_id, worker, outcome)
            if outcome == DeliveryState.WAITING and reason in ACCESS_GONE:
                _end(replay_id, worker, reason)  # access is gone again: the rest would only come to wait as well
                return tried
        return tried
    finally:
        with write_transaction() as session:
            REPLAY.release(session, worker)


def _next(replay_id: int) -> tuple[int, int] | None:
    """The (id, team) of the oldest delivery that the replay has yet to try."""
    row = db.session.execute(
        select(Delivery.id, Delivery.team_id).where(Delivery.replay_id == replay_id).order_by(Delivery.id).limit(1)
    ).one_or_none()
    end_read()
    return (row.id, row.team_id) if row is not None else None


def _try(replay_id: int, delivery_id: int, reservation: Reservation) -> tuple[DeliveryState | None, str]:
    """Make one attempt at the delivery; (state, reason) afterwards, (None, "") when it could not be taken.

    Nor is it when the replay has lost it while HubSpot was waited for: to a person who dismissed or retried it.
    """
    try:
        worker = retake(delivery_id, replay_id, reservation)
        if not worker:
            with write_transaction() as session:
                session.execute(
                    update(Delivery)
                    .where(Delivery.id == delivery_id, Delivery.replay_id == replay_id)
                    .values(replay_id=None)
                )
            return None, ""
        carry(delivery_id, worker, Deadline.after(BACKGROUND_SECONDS), "due", reservation)
        delivery = read_delivery(delivery_id)
    except (
        NotFound,
        NoReservation,
    ):  # erased, or its calendar deleted, in between; or another process called instead
        return None, ""
    finally:
        reservation.release()
    outcome = delivery.state, delivery.reason
    end_read()
    return outcome


def _may_post(team_id: int) -> bool:
    answer = may_post(team_id)
    end_read()
    return answer


def _note(replay_id: int, worker: str, outcome: DeliveryState | None) -> None:
    if outcome is None:
        return
    counted = {DeliveryState.POSTED: Replay.posted, DeliveryState.DUPLICATE: Replay.duplicate}
    column = counted.get(outcome, Replay.troubled)
    with write_transaction() as session:
        session.execute(
            update(Replay).where(Replay.id == replay_id, Replay.worker == worker).values({column: column + 1})
        )


def _end_if_through(replay_id: int, worker: str) -> bool:
    """End the replay; False, and go on, when somebody pressed at the last moment and gave it more to try."""
    with write_transaction() as session:
        replay = _locked(session, replay_id, worker)
        if replay is not None:
            if session.scalar(select(Delivery.id).where(Delivery.replay_id == replay_id).limit(1)) is not None:
                return False
            end(session, replay)
    return True


def _end(replay_id: int, worker: str, code: str) -> None:
    with write_transaction() as session:
        replay = _locked(session, replay_id, worker)
        if replay is not None:
            end(session, replay, code)


def _locked(session: Session, replay_id: int, worker: str) -> Replay | None:
    """The replay, locked, while it is this worker's.

    Only its own row: PostgreSQL refuses to lock what a row may be without, such as the person who began it.
    """
    held = select(Replay).where(Replay.id == replay_id, Replay.worker == worker, Replay.ended_at.is_(None))
    return session.scalar(held.with_for_update(of=Replay))
