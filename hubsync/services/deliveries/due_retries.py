"""Worker pool for due deliveries: those whose next attempt has come, and those a stopped worker abandoned."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app

from hubsync.domain.pacing import ONE_CALL, CallCount
from hubsync.net.deadline import Deadline
from hubsync.services import tools
from hubsync.services.deliveries.dispatch import (
    BACKGROUND_SECONDS,
    DueDelivery,
    deliver,
    due_deliveries,
    read_delivery,
)
from hubsync.services.deliveries.expected_calls import ExpectedCalls, expect
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.rate_limits import paused_until
from hubsync.services.posting.shared_pace import reserve_calls
from hubsync.store import db, end_read

BATCH = 300
TEAMS = 20
"""Of so many teams deliveries are looked for when one team alone fills a batch."""
WORKERS = 8
WORKERS_OF_TEAM = 6
"""So that a team whose HubSpot is slow leaves workers to the others."""
SLICE_SECONDS = 20.0
"""How long one round goes on, so that other due work has its turn."""
POLL_SECONDS = 0.05
LOOK_FOR_DUE_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 5.0
"""After so long it is checked again whether somebody else brought the company of a delivery."""
EXPECTED_AT_ONCE = 10

Tried = tuple[int, str]
"""A delivery's id, and the state that it is in now."""


def run_due(stopped: Callable[[], bool] = lambda: False, seconds: float = SLICE_SECONDS) -> list[Tried]:
    """Try every delivery that is due once, until *stopped*; return the id of each and the state it is in now.

    As many at a time as HubSpot's limits have room for; teams take turns. Any number of processes may do this at
    once: each delivery is taken by one of them. What is left after so many *seconds* wakes the next round.
    """
    deliveries = _Round()
    try:
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="hubsync-due") as crew:
            deliveries.go(crew, stopped, time.monotonic() + seconds)
    finally:
        end_read()
        db.session.expire_all()  # what was read here before is old by now
    return deliveries.tried


@dataclass
class _Round:
    """What one round has yet to try, and what is under way.

    *waiting* has the due deliveries of each team, the team whose turn it is first; *expected* is what they are
    likely to cost, and when that was looked at.
    """

    waiting: dict[int, list[DueDelivery]] = field(default_factory=dict)
    expected: dict[int, tuple[float, ExpectedCalls]] = field(default_factory=dict)
    under_way: dict[Future[Tried], DueDelivery] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)
    tried: list[Tried] = field(default_factory=list)
    looked_at: float = float("-inf")

    def go(self, crew: ThreadPoolExecutor, stopped: Callable[[], bool], ends: float) -> None:
        """Try what is due until all is tried, the time is over, or *stopped*."""
        app = cast(Any, current_app)._get_current_object()
        while not stopped():
            self._collect()
            if time.monotonic() - self.looked_at > LOOK_FOR_DUE_SECONDS:
                self._look_for_due()
            if not self.waiting and not self.under_way:
                return
            if time.monotonic() > ends:
                tools().wake.set()
                break
            delivery = self._next() if len(self.under_way) < workers_now(WORKERS) else None
            if delivery is None:
                wait(self.under_way, POLL_SECONDS, FIRST_COMPLETED) if self.under_way else time.sleep(POLL_SECONDS)
                continue
            due, reservation = delivery
            self.begun.add(due.id)
            self.under_way[crew.submit(_try, app, due, reservation)] = due
        wait(self.under_way)
        self._collect()

    def _look_for_due(self) -> None:
        """Find what is due, and was not begun in this round, of many teams."""
        self.looked_at = time.monotonic()
        known = self.begun | {each.id for of_team in self.waiting.values() for each in of_team}
        full: set[int] = set()
        for _team in range(TEAMS):
            found = due_deliveries(BATCH, full)
            for due in found:
                if due.id not in known:
                    self.waiting.setdefault(due.team_id, []).append(due)
            full |= {due.team_id for due in found}
            if len(found) < BATCH:
                return

    def _next(self) -> tuple[DueDelivery, Reservation] | None:
        """The next delivery that HubSpot's limits have room for, and its reservation; None if there is none."""
        for team_id in list(self.waiting):
            busy = sum(due.team_id == team_id for due in self.under_way.values())
            if busy >= WORKERS_OF_TEAM:
                continue
            if paused_until(team_id) is not None:
                del self.waiting[team_id]  # other teams' deliveries do not wait for it
                continue
            delivery = self._next_of(team_id)
            if delivery is None:
                continue
            of_team = self.waiting.pop(team_id)
            of_team.remove(delivery[0])
            if of_team:
                self.waiting[team_id] = of_team  # at the end: it is the others' turn
            return delivery
        return None

    def _next_of(self, team_id: int) -> tuple[DueDelivery, Reservation] | None:
        """The oldest that there is room for: one whose company is remembered need not wait for searches.

        Nor does one that would only wait for another to bring the same company.
        """
        brought = {key for due in self.under_way.values() for key in self.expected[due.id][1].keys}
        full: set[tuple[CallCount, float]] = set()
        looked = 0
        for due in self.waiting[team_id]:
            since, expected = self.expected.get(due.id, (float("-inf"), ExpectedCalls(ONE_CALL)))
            moment = time.monotonic()
            if due.id not in self.expected or (expected.keys and moment - since > LOOK_AGAIN_SECONDS):
                looked += 1
                if looked > EXPECTED_AT_ONCE:
                    return None
                expected = expect(due.id)
                self.expected[due.id] = (moment, expected)
            asked = expected.need, expected.share
            if expected.keys & brought or asked in full:
                continue
            reservation = reserve_calls(team_id, expected.need, share=expected.share)
            if reservation is not None:
                return due, reservation
            if asked == (ONE_CALL, 1.0):
                return None  # nothing else needs less
            full.add(asked)
        return None

    def _collect(self) -> None:
        """Note what ended. A delivery that waits for a company somebody found is considered again."""
        for future in [each for each in self.under_way if each.done()]:
            due = self.under_way.pop(future)
            self.tried.append(future.result())
            brought = self.expected.pop(due.id)[1].keys
            if brought:
                self.expected = {
                    each: known for each, known in self.expected.items() if not known[1].keys & brought
                }


def workers_now(most: int) -> int:
    """How many deliveries are tried at a time: one while guests are posting, unless they wait for the limits."""
    guests_first = tools().share.posting > 0 and not tools().call_reservations.are_waited_for()
    return 1 if guests_first else most


def _try(app: Flask, due: DueDelivery, reservation: Reservation) -> Tried:
    """Make one attempt at the delivery, in a thread of its own."""
    with app.app_context():
        deliver(due.id, Deadline.after(BACKGROUND_SECONDS), reservation)
        state = read_delivery(due.id).state
        end_read()
        return due.id, state
