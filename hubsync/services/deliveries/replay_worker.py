"""Replay worker: some deliveries at a time, oldest first, at the pace that HubSpot's limits leave."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from flask import Flask, current_app
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.reasons import Reason
from hubsync.errors import ACCESS_GONE, NoReservation, NotFound, WatchOnly
from hubsync.services import now, tools
from hubsync.services.deliveries.dispatch import read_delivery, retake
from hubsync.services.deliveries.due_retries import workers_now
from hubsync.services.deliveries.replays import end
from hubsync.services.deliveries.runner import carry
from hubsync.services.isolation import log_unexpected
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.rate_limits import paused_until, wait_for_turn
from hubsync.services.teams.plans import may_post
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import REPLAY
from hubsync.store.replays import Replay

SLICE_SECONDS = 10.0
"""How long one round works at one replay, so that other due work has its turn."""
WORKERS = 4
"""So many deliveries are under way at a time: with one, a HubSpot that takes its time would set the pace."""

Stopped = Callable[[], bool]


class _Next(NamedTuple):
    """A delivery that the replay has yet to try, and the *company* that its guest named."""

    id: int
    team_id: int
    company: str


class _Outcome(NamedTuple):
    """The state that an attempt left a delivery in, and its reason; None when it could not be taken."""

    state: DeliveryState | None = None
    reason: str = ""


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
    try:
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="hubsync-replay") as crew:
            return _Slice(replay_id, worker, crew).go(stopped, time.monotonic() + seconds)
    finally:
        with write_transaction() as session:
            REPLAY.release(session, worker)


@dataclass
class _Slice:
    """What one round does of a replay: the deliveries that are *under_way*, and how many were *tried*."""

    replay_id: int
    worker: str
    crew: ThreadPoolExecutor
    under_way: dict[Future[_Outcome], _Next] = field(default_factory=dict)
    tried: int = 0
    ends_for: str = ""
    """Why the replay ends before everything is tried."""

    def go(self, stopped: Stopped, ends: float) -> int:
        """Try deliveries until all are tried, the time is over, or *stopped*; return how many were.

        The first one is tried alone: it shows whether there is access.
        """
        app = cast(Any, current_app)._get_current_object()
        while not stopped():
            self._collect()
            if self.ends_for:
                break
            delivery = _next(self.replay_id, [each.id for each in self.under_way.values()])
            if self.under_way and not (delivery and self._may_begin(delivery)):
                wait(self.under_way, return_when=FIRST_COMPLETED)
                continue
            if delivery is None:
                if _end_if_through(self.replay_id, self.worker):
                    return self.tried
                continue
            reservation = self._next_turn(delivery.team_id, ends - time.monotonic())
            if reservation is None:
                break
            self.under_way[self.crew.submit(_try, app, self.replay_id, delivery.id, reservation)] = delivery
        wait(self.under_way)
        self._collect()
        if self.ends_for:
            _end(self.replay_id, self.worker, self.ends_for)
        return self.tried

    def _may_begin(self, delivery: _Next) -> bool:
        """Whether it may be tried beside those under way; bookings of one company keep their order."""
        most = workers_now(WORKERS) if self.tried else 1
        companies = {each.company for each in self.under_way.values()} - {""}
        return len(self.under_way) < most and delivery.company not in companies

    def _next_turn(self, team_id: int, left: float) -> Reservation | None:
        """The right to try one delivery more; None when this round, or the replay, is over."""
        reservation = wait_for_turn(team_id, left) if left > 0 else None
        if reservation is None:
            if paused_until(team_id) is None:  # there was no room for another call, and soon there is
                tools().wake.set()
            end_read()
            return None
        # Before each delivery, whose attempt is shorter than the lease.
        if _keep(self.replay_id, self.worker):
            if _may_post(team_id):
                return reservation
            self.ends_for = Reason.PLAN
        reservation.release()
        return None

    def _collect(self) -> None:
        """Note what ended."""
        for future in [each for each in self.under_way if each.done()]:
            del self.under_way[future]
            outcome = future.result()
            self.tried += 1
            _note(self.replay_id, self.worker, outcome)
            if outcome.state == DeliveryState.WAITING and outcome.reason in ACCESS_GONE:
                self.ends_for = outcome.reason  # access is gone again: the rest would only come to wait as well


def _next(replay_id: int, under_way: Collection[int]) -> _Next | None:
    """The oldest delivery that the replay has yet to try, besides those *under_way*."""
    row = db.session.execute(
        select(Delivery.id, Delivery.team_id, Delivery.search_company)
        .where(Delivery.replay_id == replay_id, Delivery.id.not_in(under_way))
        .order_by(Delivery.id)
        .limit(1)
    ).one_or_none()
    end_read()
    return _Next(*row) if row is not None else None


def _try(app: Flask, replay_id: int, delivery_id: int, reservation: Reservation) -> _Outcome:
    """Make one attempt at the delivery, in a thread of its own."""
    with app.app_context():
        return _attempt(replay_id, delivery_id, reservation)


def _attempt(replay_id: int, delivery_id: int, reservation: Reservation) -> _Outcome:
    """Make one attempt at the delivery, if it can be taken.

    Nor is it when the replay has lost it while HubSpot was waited for: to a person who dismissed or retried it.
    """
    try:
        attempt = retake(delivery_id, "due", replay_id, reservation)
        if attempt is None:
            with write_transaction() as session:
                session.execute(
                    update(Delivery)
                    .where(Delivery.id == delivery_id, Delivery.replay_id == replay_id)
                    .values(replay_id=None)
                )
            return _Outcome()
        carry(attempt)
        delivery = read_delivery(delivery_id)
    except (
        NotFound,
        NoReservation,
    ):  # erased, or its calendar deleted, in between; or another process called instead
        return _Outcome()
    finally:
        reservation.release()
    outcome = _Outcome(delivery.state, delivery.reason)
    end_read()
    return outcome


def _may_post(team_id: int) -> bool:
    answer = may_post(team_id)
    end_read()
    return answer


def _note(replay_id: int, worker: str, outcome: _Outcome) -> None:
    """Count what became of a delivery; one that was only looked up is as it should be, and not posted."""
    is_watched = outcome.state == DeliveryState.SKIPPED and outcome.reason == WatchOnly.code
    if outcome.state is None or is_watched:
        return
    counted = {DeliveryState.POSTED: Replay.posted, DeliveryState.DUPLICATE: Replay.duplicate}
    column = counted.get(outcome.state, Replay.troubled)
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
