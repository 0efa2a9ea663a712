"""More bookings at once than HubSpot's limits let through: nobody is refused, nothing is lost, pages go on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from flask import Flask

from hubsync.domain.pacing import ONE_CALL, CallCount
from hubsync.services import now, tools
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.posting.call_reservations import Reservation
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery
from tests.kit.booking_process import COMPANIES, booking_of
from tests.kit.clock import later
from tests.kit.waiting import wait_until
from tests.kit.workers import task_of, worker_processes

pytestmark = pytest.mark.slow  # the limits are those of seconds, and pass in real time

ACCOUNT = "1234567"
CALLS, SEARCHES = 12, 2
HURRIED = {"SYNC_BUDGET_SECONDS": "2.5"}


@pytest.fixture
def given() -> dict[str, str]:
    return HURRIED


@pytest.fixture
def limited(acme: Any) -> Any:
    """The team with a source's calendar; HubSpot has limits, scaled down, and has told of them."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "demo"
    acme.settings(burst_limit_per_ten_seconds=CALLS, search_limit_per_second=SEARCHES)
    tools().call_reservations.allow_searches(SEARCHES)
    complete(acme.team_id, booking_of(0))
    finish()  # what a busy machine did not let it do in its time
    return acme


def answers(acme: Any) -> Counter[int]:
    calls = requests.get(f"{acme.sandbox.url}/sandbox/api/calls", timeout=60).json()["results"]
    return Counter(call["status"] for call in calls)


def states() -> Counter[str]:
    found = Counter(row.state for row in db.session.query(Delivery).populate_existing())
    end_read()
    return found


def finish(seconds: float = 0.3) -> None:
    """Do what is due in one window of HubSpot's limit after the other."""
    for window in range(40):
        with time_machine.travel(now() + timedelta(seconds=11 * window), tick=True):
            run_due(seconds=seconds)
        if not {"pending", "sending", "retrying"} & set(states()):
            return


def in_threads(app: Flask, works: list[Callable[[], Any]]) -> None:
    def within(work: Callable[[], Any]) -> None:
        with app.app_context():
            work()

    threads = [threading.Thread(target=within, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def all_places(need: CallCount) -> Reservation:
    """All that the limits have room for when the fixture's own calls have lapsed: no place is free later."""
    with later(seconds=11):
        reservation = tools().call_reservations.take(ACCOUNT, need)
    assert reservation is not None
    return reservation


def test_a_burst_is_never_refused_and_all_of_it_is_posted_once(limited: Any) -> None:
    def book(worker: int) -> Callable[[], Any]:
        numbers = range(worker + 1, 31, 6)
        return lambda: [complete(limited.team_id, booking_of(each)) for each in numbers]

    in_threads(limited.app, [book(worker) for worker in range(6)])
    assert states()["pending"]  # there was no room for all of them
    assert tools().wake.is_set()
    finish()
    assert states() == {"posted": 31}
    assert answers(limited)[429] == 0
    limited.settings(burst_limit_per_ten_seconds=0)
    assert len(limited.records("companies")) == COMPANIES
    assert len(limited.records("contacts")) == 31


def test_two_processes_share_the_limits(limited: Any) -> None:
    limited.settings(search_limit_per_second=5)  # what a process of its own takes for granted
    tasks = [task_of(limited, different=HURRIED, threads=3, numbers=list(range(first, 17, 2))) for first in (1, 2)]
    with worker_processes("tests.kit.booking_process", tasks) as processes:
        for process in processes:
            process.go()
        told = Counter(line for process in processes for line in process.lines())
    assert told["posted"] + told["pending"] + told["retrying"] == 16
    assert 0 < told["posted"] < CALLS
    assert answers(limited)[429] == 0


class TestWaiting:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SYNC_BUDGET_SECONDS": "12"}

    def test_a_guests_booking_is_written_down_and_due_while_it_waits_for_its_turn(self, limited: Any) -> None:
        held = all_places(CallCount(CALLS))
        booked: list[str] = []
        waiting = threading.Thread(
            target=in_threads,
            args=(limited.app, [lambda: booked.append(complete(1, booking_of(5)).state)]),
        )
        waiting.start()
        wait_until(lambda: states()["pending"] == 1)
        assert booked == []
        held.release()
        waiting.join()
        assert booked == ["posted"]

    def test_half_of_the_threads_wait_and_the_rest_answers(self, limited: Any) -> None:
        tools().share.set_threads(4)
        held = all_places(CallCount(CALLS))
        booked: list[str] = []

        def book(number: int) -> Callable[[], None]:
            return lambda: booked.append(complete(limited.team_id, booking_of(number)).state)

        waiting = threading.Thread(target=in_threads, args=(limited.app, [book(5), book(10)]))
        waiting.start()
        wait_until(lambda: states()["pending"] == 2)
        book(15)()
        assert booked == ["pending"]
        held.release()
        waiting.join()
        assert booked == ["pending", "posted", "posted"]


def test_what_finds_no_place_in_time_is_left_to_the_background(limited: Any) -> None:
    held = all_places(CallCount(CALLS))
    calls = limited.calls_of(lambda: complete(limited.team_id, booking_of(5)))
    assert (calls, states()["pending"]) == ([], 1)
    assert tools().wake.is_set()
    held.release()
    finish()
    assert states() == {"posted": 2}


def test_a_new_company_that_finds_no_search_in_time_uses_up_no_attempt(limited: Any) -> None:
    held = all_places(CallCount(0, SEARCHES))
    delivery = complete(limited.team_id, booking_of(1))
    assert (delivery.state, delivery.reason, delivery.attempts_used) == ("retrying", "no_place", 0)
    assert delivery.next_attempt_at is not None
    assert delivery.next_attempt_at <= now()
    remembered = complete(limited.team_id, booking_of(5))
    assert remembered.state == "posted"  # who needs no search does not wait for one
    held.release()
    finish()
    assert states() == {"posted": 3}


def test_a_place_of_a_process_that_is_gone_lapses(limited: Any) -> None:
    moment = now().timestamp()
    gone = f'{{"limit":[{CALLS},10.0],"made":{{"gone":[[{int((moment + 10) * 10)},{CALLS},{SEARCHES}]]}}}}'
    with write_transaction() as session:
        session.query(Connection).update({"pace": gone})
    assert complete(limited.team_id, booking_of(5)).state == "pending"
    run_due(seconds=0.2)
    assert states() == {"posted": 1, "pending": 1}
    with time_machine.travel(now() + timedelta(seconds=21), tick=True):
        assert [state for _id, state in run_due(seconds=5)] == ["posted"]


def test_one_whose_company_is_remembered_overtakes_those_that_wait_for_a_search(limited: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "disconnected"})
    for number in (1, 2, 3, 5):
        complete(limited.team_id, booking_of(number))
    with write_transaction() as session:
        session.query(Connection).update({"state": "connected"})
        session.query(Delivery).filter(Delivery.state == "waiting").update({"state": "pending"})
    held = all_places(CallCount(0, SEARCHES))
    last = db.session.query(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar()
    assert run_due(seconds=1) == [(last, "posted")]
    held.release()
    finish()
    assert states() == {"posted": 5}


def test_a_team_without_room_does_not_hold_up_another_one(limited: Any) -> None:
    key = requests.post(f"{limited.sandbox.url}/sandbox/api/service-keys", json={"account": 7654321}, timeout=60)
    other = limited.another_team("7654321", key.json()["token"])
    with write_transaction() as session:
        session.query(Calendar).filter_by(team_id=other).update({"source": "signed_json", "external_id": "demo"})
        session.query(Connection).update({"state": "disconnected"})
    for number in range(1, 9):
        complete(limited.team_id, booking_of(number))
    complete(other, booking_of(1))
    with write_transaction() as session:
        session.query(Connection).update({"state": "connected"})
        session.query(Delivery).filter(Delivery.state == "waiting").update({"state": "pending"})
    held = all_places(CallCount(CALLS))
    last = db.session.query(Delivery.id).order_by(Delivery.id.desc()).limit(1).scalar()
    assert run_due(seconds=1) == [(last, "posted")]
    held.release()


def test_teams_of_one_account_share_its_limits(limited: Any) -> None:
    other = limited.another_team(ACCOUNT, limited.token())
    with write_transaction() as session:
        session.query(Calendar).filter_by(team_id=other).update({"source": "signed_json", "external_id": "demo"})
    held = all_places(CallCount(CALLS))
    assert complete(other, booking_of(5)).state == "pending"
    held.release()
    assert tools().call_reservations.take(ACCOUNT, ONE_CALL) is not None


def test_whoever_presses_retry_waits_for_nothing(limited: Any) -> None:
    held = all_places(CallCount(CALLS))
    delivery = complete(limited.team_id, booking_of(5))
    limited.settings(burst_limit_per_ten_seconds=0)
    assert retry(delivery.id).state == "posted"
    held.release()


def test_a_burst_leaves_no_attempts_that_were_none(limited: Any) -> None:
    held = all_places(CallCount(CALLS))
    delivery = complete(limited.team_id, booking_of(5))
    held.release()
    assert db.session.query(Attempt).filter_by(delivery_id=delivery.id).count() == 0
    end_read()
