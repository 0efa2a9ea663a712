"""HubSpot is left alone when it is down, closed for the day, or busy with us."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from hubsync.domain.connections import ConnectMethod
from hubsync.domain.pacing import UNANSWERED_BORNE
from hubsync.services import now, tools
from hubsync.services.connection.activation import AuthorizedAccount, activate
from hubsync.services.deliveries.concurrency import ThreadShare
from hubsync.services.deliveries.dispatch import due_deliveries, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.posting.rate_limits import wait_for_turn
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from tests.kit.held_calls import while_held


def connection() -> Connection:
    found: Connection = db.session.query(Connection).populate_existing().one()
    end_read()
    return found


def fail_in_a_row(acme: Any, times: int, trouble: dict[str, Any]) -> None:
    """Let so many attempts find that HubSpot answers nobody: a guest's first one, and the background's."""
    acme.fault(**trouble, times=times)
    for number in range(times):
        acme.book("Sato Mika", f"mika@acme{number}.co.jp", f"Acme {number}")
        run_due()


def newest() -> Delivery:
    found = db.session.query(Delivery).order_by(Delivery.id.desc()).populate_existing().first()
    end_read()
    assert found is not None
    return found


troubles = pytest.mark.parametrize(
    "trouble", [{"action": "status", "status": 503}, {"action": "drop"}, {"action": "drop", "when": "after"}]
)


@troubles
def test_after_hubspot_did_not_answer_first_attempts_are_left_out_until_it_answers_the_background(
    acme: Any, trouble: dict[str, Any]
) -> None:
    acme.fault(**trouble, times=1)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@other.co.jp", "Other"))
    assert calls == []
    left_out = newest()
    assert (left_out.state, left_out.reason, left_out.attempts_used) == ("retrying", "circuit_open", 0)
    assert left_out.next_attempt_at is not None
    assert left_out.next_attempt_at <= now()  # due at once
    assert run_due() == [(left_out.id, "posted")]
    assert (connection().circuit_until, connection().unanswered) == (None, 0)
    assert acme.book("Ito Ken", "ken@third.co.jp", "Third").state == "posted"


@troubles
def test_after_three_attempts_without_an_answer_the_background_leaves_hubspot_alone_too(
    acme: Any, trouble: dict[str, Any]
) -> None:
    fail_in_a_row(acme, UNANSWERED_BORNE + 1, trouble)
    acme.book("Kato Rei", "rei@other.co.jp", "Other")
    assert newest().reason == "circuit_open"
    assert acme.calls_of(run_due) == []
    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        assert (newest().id, "posted") in run_due()
        assert (connection().circuit_until, connection().unanswered) == (None, 0)
        assert acme.book("Ito Ken", "ken@third.co.jp", "Third").state == "posted"


def test_an_answer_in_between_begins_the_count_anew(acme: Any) -> None:
    trouble = {"action": "status", "status": 503}
    for number in range(2):
        fail_in_a_row(acme, UNANSWERED_BORNE, trouble)
        assert connection().unanswered == UNANSWERED_BORNE
        acme.book("Kato Rei", f"rei@other{number}.co.jp", f"Other {number}")
        assert (newest().id, "posted") in run_due()
        assert connection().unanswered == 0


def test_once_it_was_left_alone_the_next_attempt_in_vain_is_enough(acme: Any) -> None:
    fail_in_a_row(acme, UNANSWERED_BORNE + 1, {"action": "status", "status": 503})
    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        acme.fault(action="status", status=502, times=1)
        acme.book("Ito Ken", "ken@third.co.jp", "Third")
        acme.book("Kato Rei", "rei@other.co.jp", "Other")
        assert acme.calls_of(run_due) == []


@pytest.mark.parametrize("status", [403, 409, 423, 429])
def test_an_answer_that_is_no_outage_leaves_the_circuit_alone(acme: Any, status: int) -> None:
    acme.fault(action="status", status=status, times=1)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (connection().circuit_until, connection().unanswered) == (None, 0)


def test_whoever_presses_retry_asks_hubspot_at_once(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert connection().circuit_until is not None
    assert retry(delivery.id).state == "posted"
    assert connection().circuit_until is None


def test_whoever_presses_retry_asks_although_the_connection_is_paused(acme: Any) -> None:
    acme.fault(action="status", path="/companies", times=1, status=429, policy="DAILY")
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id
    second = acme.book("Kato Rei", "rei@other.co.jp", "Other").id
    assert connection().paused_until is not None
    assert retry(second).state == "posted"
    assert connection().paused_until is None  # HubSpot takes calls again, so that nobody else waits
    assert run_due() == [(first, "posted")]


def connect_another(acme: Any) -> None:
    """The team's only person connects it to another account."""
    with write_transaction() as session:
        person_id = session.query(Person.id).scalar()
        method = ConnectMethod.SERVICE_KEY
        authorized = AuthorizedAccount(method, "7654321", "", "", "UTC", (), now(), access_token="pat-na1-none")
        activate(session, acme.team_id, person_id, authorized)


def test_what_a_pause_held_back_is_due_when_another_account_is_connected(acme: Any) -> None:
    acme.fault(action="status", path="/companies", times=1, status=429, policy="DAILY")
    held_back = [acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id for _each in range(2)]
    assert run_due() == []
    connect_another(acme)
    assert {each.id for each in due_deliveries(10)} == set(held_back)


def test_a_pause_of_the_former_account_holds_back_nothing_when_another_one_was_connected_meanwhile(
    acme: Any,
) -> None:
    acme.fault(action="status", path="/companies", times=1, status=429, policy="DAILY", hold=True)
    thread = while_held(acme, lambda: connect_another(acme))
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    thread.join()
    assert (delivery.state, delivery.reason) == ("retrying", "daily_limit")
    assert connection().paused_until is None
    assert [each.id for each in due_deliveries(10)] == [delivery.id]


@pytest.mark.parametrize(
    ("trouble", "code", "ends"),
    [
        ({"status": 429, "policy": "DAILY"}, "daily_limit", "15:01"),
        ({"status": 477, "retry_after": "7200"}, "account_moving", "13:00"),
    ],
    ids=["daily limit", "account migration"],
)
def test_the_whole_connection_is_paused_until_hubspot_takes_calls_again(
    acme: Any, trouble: dict[str, Any], code: str, ends: str
) -> None:
    with write_transaction() as session:
        session.query(Connection).one().time_zone = "Asia/Tokyo"
    with time_machine.travel("2026-11-23T11:00:00+00:00", tick=True):
        acme.fault(action="status", path="/companies", times=1, **trouble)
        first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert (first.state, first.reason, first.attempts_used) == ("retrying", code, 0)
        assert connection().paused_code == code
        assert connection().paused_until.strftime("%H:%M") == ends
        assert first.next_attempt_at.strftime("%H:%M") == ends
        calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@other.co.jp", "Other"))
        assert calls == []
        second = db.session.query(Delivery).order_by(Delivery.id.desc()).first()
        assert (second.reason, second.attempts_used) == (code, 0)
        assert second.next_attempt_at.strftime("%H:%M") == ends
        end_read()
    with time_machine.travel("2026-11-23T12:59:00+00:00", tick=True):
        assert run_due() == []
    with time_machine.travel("2026-11-23T16:00:00+00:00", tick=True):
        assert dict(run_due()) == {first.id: "posted", second.id: "posted"}


def test_a_burst_over_the_limit_holds_everybody_back(acme: Any) -> None:
    acme.fault(action="status", status=429, path="/companies", times=1)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    until = connection().pace_until
    assert until is not None
    assert until > now() + timedelta(seconds=8)
    assert wait_for_turn(acme.team_id, 0.0) is None
    left_out: list[str] = []
    calls = acme.calls_of(lambda: left_out.append(acme.book("Kato Rei", "rei@other.co.jp", "Other").state))
    assert (calls, left_out) == ([], ["pending"])
    assert due_deliveries(10) == []
    with time_machine.travel(until + timedelta(seconds=6), tick=True):
        assert {state for _id, state in run_due()} == {"posted"}


def test_a_refusal_holds_back_the_other_teams_of_the_account(acme: Any) -> None:
    other = acme.another_team()
    acme.fault(action="status", status=429, path="/companies", times=1)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert wait_for_turn(other, 0.0) is None


@pytest.mark.parametrize(("policy", "least", "most"), [("TEN_SECONDLY_ROLLING", 10, 15), ("SECONDLY", 1, 1.5)])
def test_what_came_too_fast_is_tried_again_soon_but_not_before_hubspot_says(
    acme: Any, policy: str, least: float, most: float
) -> None:
    acme.fault(action="status", status=429, path="/companies", policy=policy, times=1)
    before = now()
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("retrying", "rate_limited")
    assert delivery.next_attempt_at is not None
    waits = (delivery.next_attempt_at - before).total_seconds()
    assert least <= waits
    assert delivery.next_attempt_at <= now() + timedelta(seconds=most)


def test_half_of_the_threads_post_and_the_rest_is_left_to_the_background(acme: Any, app: Flask) -> None:
    tools().share.set_threads(4)
    acme.fault(action="delay", delay=0.4, times=None)
    states: list[str] = []

    def book(number: int) -> None:
        with app.app_context():
            states.append(acme.book(f"Sato {number}", f"mika{number}@acme{number}.co.jp", f"Acme {number}").state)

    threads = [threading.Thread(target=book, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["pending", "pending", "posted", "posted"]
    assert tools().wake.is_set()
    acme.sandbox.state.faults.clear()
    assert {state for _id, state in run_due()} == {"posted"}
    assert acme.book("Ito Ken", "ken@third.co.jp", "Third").state == "posted"  # the reservations were given back


def test_there_is_always_one_place() -> None:
    share = ThreadShare(1)
    assert (share.take(), share.take()) == (True, False)
    share.release()
    assert share.take()


class TestWithoutTime:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SYNC_BUDGET_SECONDS": "0.001"}

    def test_time_that_was_up_before_hubspot_was_asked_says_nothing_about_hubspot(self, acme: Any) -> None:
        delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        assert (delivery.state, delivery.reason) == ("retrying", "not_asked")
        assert connection().circuit_until is None
