"""The daily check of subscriptions: what ended is made anew, and what needs a person is said."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.domain.plans import Plan
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.status import AccountStage
from hubsync.services.sources.subscriptions import connect, disable, renew
from hubsync.services.sources.upkeep import check_due
from hubsync.services.teams.members import create_team
from hubsync.store import end_read, write_transaction
from hubsync.store.sources import SourceAccount
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer
from tests.services.sources.subscriptions_seen import actions, status, stored


@pytest.mark.parametrize("ended", ["disabled", "gone"])
def test_a_subscription_that_ended_at_the_source_is_renewed_by_the_daily_check(
    acme: Any, diary: DiaryServer, endpoint: int, ended: str
) -> None:
    connect(endpoint, TOKEN, by=None)
    if ended == "gone":
        diary.subscriptions.clear()
    else:
        diary.subscriptions["1"]["state"] = "disabled"
    with later(hours=23):
        assert check_due() == []
    with later(hours=25):
        assert len(check_due()) == 1
    told = status(endpoint)
    assert (told.subscription, told.fault) == (SubscriptionState.ACTIVE, "")
    assert told.renewed_at is not None
    assert told.comparison.requested, "what was booked meanwhile is looked for"
    (made,) = diary.subscriptions.values()
    assert (made["state"], made["address"].rpartition("/")[2]) == ("active", stored(endpoint).token)
    with later(hours=50):
        check_due()
    assert actions(acme).count(AuditAction.SOURCE_RENEWED) == 1


def test_one_that_ended_and_cannot_be_made_anew_yet_is_shown(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.subscriptions["1"]["state"] = "disabled"
    diary.fault("POST /subscriptions", lost=True)
    with later(hours=25):
        check_due()
    told = status(endpoint)
    assert (told.subscription, told.renewed_at) == (SubscriptionState.DISABLED, None)
    assert "did not answer" in told.fault
    with later(hours=26):
        check_due()
    assert status(endpoint).subscription == SubscriptionState.ACTIVE
    assert len(diary.subscriptions) == 1
    assert actions(acme).count(AuditAction.SOURCE_RENEWED) == 1


def test_a_source_that_fails_to_reach_us_is_shown(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.subscriptions["1"]["state"] = "failing"
    with later(hours=25):
        check_due()
    told = status(endpoint)
    assert (told.subscription, told.renewed_at) == (SubscriptionState.FAILING, None)


def test_a_token_that_is_refused_is_said_and_recorded_once(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.holders = {}
    for days in (1.1, 2.2, 3.3):
        with later(days=days):
            assert len(check_due()) == 1
    assert "does not take the token" in status(endpoint).fault
    assert actions(acme).count(AuditAction.SOURCE_REFUSED) == 1
    diary.holders = {"new-token": "Ren Host"}
    connect(endpoint, "new-token", by=None)
    assert status(endpoint).fault == ""


def test_a_check_that_meets_a_bug_is_made_again_after_a_while(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    next(iter(diary.subscriptions.values()))["state"] = "of a kind that nobody knows"
    diary.called()
    with later(days=1, minutes=1):
        assert (check_due(), check_due()) == ([], [])
        assert len(diary.called()) == 1, "the next round comes within seconds"
    next(iter(diary.subscriptions.values()))["state"] = "active"
    with later(days=1, minutes=3):
        assert len(check_due()) == 1


def test_sources_that_take_long_leave_bookings_their_turn(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    other = create_team("Birch", "owner@birch.example", Plan.PREMIUM)
    endpoint_setup.make_endpoint(other.id, NAME)
    view = endpoints.show_endpoint(other.id, NAME)
    end_read()
    assert view is not None
    for each in (endpoint, view.id):
        connect(each, TOKEN, by=None)
    with later(days=1, minutes=1):
        rounds = [check_due(at_most_seconds=0) for _ in range(3)]
    assert [len(each) for each in rounds] == [1, 1, 0]


def test_of_several_workers_one_asks_the_source(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    with write_transaction() as session:
        session.query(SourceAccount).one().next_check_at = now() - timedelta(seconds=1)
    diary.called()

    def work() -> None:
        with acme.app.app_context():
            check_due()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(diary.called()) == 1


def test_a_check_whose_worker_was_killed_is_made_when_its_lease_is_over(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    with write_transaction() as session:
        row = session.query(SourceAccount).one()
        row.next_check_at, row.worker, row.worker_until = now(), "gone", now() + timedelta(minutes=2)
    assert check_due() == []
    with later(minutes=2, seconds=5):
        assert len(check_due()) == 1


def test_a_token_that_no_key_opens_is_said_and_can_be_left(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    with write_transaction() as session:
        session.query(SourceAccount).one().token_sealed = "nothing"
    with later(days=1.1):
        check_due()
    assert "No encryption key opens the token" in status(endpoint).fault
    disable(endpoint, by=None)
    assert status(endpoint).stage == AccountStage.NONE


def test_an_address_stays_where_it_is_while_no_key_opens_the_token(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    with write_transaction() as session:
        session.query(SourceAccount).one().token_sealed = "nothing"
    token = stored(endpoint).token
    with pytest.raises(Refused, match="No encryption key opens the token"):
        renew(endpoint, by=None)
    assert stored(endpoint).token == token
