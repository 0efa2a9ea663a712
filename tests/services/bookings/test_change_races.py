"""News of one booking that come at one instant, from threads and from processes, end as one delivery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from hubsync.services.bookings.completion import take_in
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Delivery
from tests.kit.at_one_instant import at_once
from tests.kit.news_process import FIRST, news
from tests.kit.workers import task_of, worker_processes

ROUNDS, SENDERS = 12, 6
NEW_TIME = FIRST + timedelta(days=1)
CREATED = [{"external_id": f"old {each}"} for each in range(ROUNDS)]
MOVED = [
    {"external_id": f"new {each}", "event": "moved", "day": 1, "minute": 5, "replaces": f"old {each}"}
    for each in range(ROUNDS)
]
MOVED_IN_PLACE = [
    {"external_id": f"old {each}", "event": "moved", "day": 1, "minute": 5} for each in range(ROUNDS)
]
MOVED_AGAIN = [
    {"external_id": f"third {each}", "event": "moved", "day": 2, "minute": 7, "replaces": f"new {each}"}
    for each in range(ROUNDS)
]
CANCELLED = [{"external_id": f"old {each}", "event": "cancelled", "day": 1, "minute": 9} for each in range(ROUNDS)]


def tell(acme: Any, *senders: Sequence[dict[str, Any]], processes: bool) -> list[str]:
    """Each of *senders* tells its news in their order, all at once: from threads, or each from a process."""
    if not processes:
        acts = [partial(_tell_all, acme, told) for told in senders]
        return [str(result) for each in at_once(acme.app, acts) for result in each]
    background = {"SYNC_BUDGET_SECONDS": "0"}
    tasks = [task_of(acme, different=background, threads=1, news=told) for told in senders]
    with worker_processes("tests.kit.news_process", tasks) as workers:
        for each in workers:
            each.go()
        return [line for each in workers for line in each.lines()]


def _tell_all(acme: Any, told: Sequence[dict[str, Any]]) -> list[str]:
    results = [take_in(acme.team_id, news(**each)).result for each in told]
    end_read()
    return results


def history() -> dict[str, list[str]]:
    """What happened, by the id that the booking came with first."""
    found: dict[str, list[str]] = {}
    for line, external_id in db.session.query(BookingHistory, BookingRecord.external_id).join(
        BookingRecord, BookingRecord.id == BookingHistory.booking_id
    ):
        found.setdefault(external_id, []).append(line.event)
    end_read()
    return {external_id: sorted(each) for external_id, each in found.items()}


@pytest.fixture
def given() -> dict[str, str]:
    return {"SYNC_BUDGET_SECONDS": "0"}


WAYS = pytest.mark.parametrize("processes", [False, pytest.param(True, marks=pytest.mark.slow)])


@WAYS
def test_created_and_moved_at_one_instant_is_one_delivery(acme: Any, processes: bool) -> None:
    tell(acme, CREATED, MOVED, processes=processes)
    assert db.session.query(Delivery).count() == ROUNDS
    assert {each.starts_at for each in db.session.query(BookingRecord)} == {NEW_TIME}
    names = db.session.query(BookingName.external_id, BookingName.replaced).all()
    end_read()
    assert sorted(names) == sorted(
        [(each["external_id"], replaced) for told, replaced in ((CREATED, True), (MOVED, False)) for each in told]
    )


@WAYS
def test_made_and_moved_twice_at_one_instant_is_one_delivery(acme: Any, processes: bool) -> None:
    tell(acme, CREATED, MOVED, MOVED_AGAIN, MOVED[::-1], MOVED_AGAIN[::-1], processes=processes)
    assert db.session.query(Delivery).count() == ROUNDS
    assert {each.starts_at for each in db.session.query(BookingRecord)} == {FIRST + timedelta(days=2)}
    assert db.session.query(BookingName).count() == ROUNDS * 3


@WAYS
def test_two_that_are_told_to_be_one_by_six_senders_are_joined_once(acme: Any, processes: bool) -> None:
    tell(acme, CREATED, processes=False)
    tell(acme, MOVED_AGAIN, processes=False)
    assert db.session.query(Delivery).count() == ROUNDS * 2
    end_read()
    results = tell(acme, *[MOVED] * SENDERS, processes=processes)
    assert Counter(results) == {"moved": ROUNDS, "repeated": ROUNDS * (SENDERS - 1)}
    assert db.session.query(Delivery).count() == ROUNDS
    assert {tuple(each) for each in history().values()} == {("moved",)}


@WAYS
def test_moved_and_cancelled_at_one_instant_loses_neither_mark_nor_history(acme: Any, processes: bool) -> None:
    tell(acme, CREATED, processes=False)
    tell(acme, MOVED_IN_PLACE, CANCELLED, processes=processes)
    for each in db.session.query(BookingRecord):
        assert each.starts_at == NEW_TIME
        assert each.cancelled_at is not None
    assert history() == {each["external_id"]: ["cancelled", "moved"] for each in CREATED}


def test_a_former_time_that_is_cancelled_at_the_instant_of_its_move_is_part_of_it(acme: Any) -> None:
    tell(acme, CREATED, processes=False)
    tell(acme, MOVED, CANCELLED, processes=False)
    assert {(each.starts_at, each.cancelled_at) for each in db.session.query(BookingRecord)} == {(NEW_TIME, None)}


@WAYS
def test_the_same_move_from_six_senders_is_one_line_of_history(acme: Any, processes: bool) -> None:
    tell(acme, CREATED, processes=False)
    results = tell(acme, *[MOVED_IN_PLACE] * SENDERS, processes=processes)
    assert Counter(results) == {"moved": ROUNDS, "repeated": ROUNDS * (SENDERS - 1)}
    assert history() == {each["external_id"]: ["moved"] for each in CREATED}


@WAYS
def test_a_question_that_several_moves_bring_at_one_instant_is_made_once(acme: Any, processes: bool) -> None:
    tell(acme, CREATED, processes=False)
    asking = [[{**each, "label": "Topic"}] for each in MOVED_IN_PLACE[:SENDERS]]
    tell(acme, *asking, processes=processes)
    labels = Counter(row.label for row in db.session.query(QuestionRow).filter(QuestionRow.part.is_(None)))
    end_read()
    assert labels == {"Topic": 1}
