"""Connecting: a token that a person pasted makes a subscription at its source, or is refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import NotFound, Refused
from hubsync.services import tools
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.pasted_tokens import read_token
from hubsync.services.sources.status import AccountStage, SourceStatus
from hubsync.services.sources.subscriptions import connect, disconnect
from hubsync.services.sources.upkeep import check_due
from hubsync.store import db, end_read
from hubsync.store.sources import SourceAccount
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer
from tests.services.sources.subscriptions_seen import actions, refusal, status, stored


def test_a_token_makes_a_subscription_whose_bookings_are_taken(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, f"  {TOKEN}\n", by=None)
    told = status(endpoint)
    assert (told.stage, told.shown, told.scope) == (AccountStage.CONNECTED, "Ren Host", "user")
    assert (told.subscription, told.fault, told.silent_since) == (SubscriptionState.ACTIVE, "", None)
    (made,) = diary.subscriptions.values()
    assert made["address"] == f"http://localhost:8000/intake/diary/{stored(endpoint).token}"
    assert diary.deliver(diary.book(1), made) == "waiting"
    assert actions(acme)[-1] == AuditAction.SOURCE_CONNECTED


def test_the_token_is_kept_sealed_and_stands_in_no_repr(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    row = db.session.query(SourceAccount).one()
    assert TOKEN not in row.token_sealed
    assert tools().vault.open(f"source-account:{endpoint}", row.token_sealed) == TOKEN
    end_read()


@pytest.mark.parametrize(
    ("status_code", "words"),
    [
        (401, "does not take the token"),
        (403, "“webhooks:write”"),
        (422, "refused what HubSync asked for: “webhooks:write”"),
        (429, "asks for fewer calls"),
        (503, "did not answer"),
    ],
)
def test_a_token_that_the_source_does_not_take_is_refused_and_not_kept(
    acme: Any, diary: DiaryServer, endpoint: int, status_code: int, words: str
) -> None:
    diary.fault("GET /me", status=status_code, body={"message": "webhooks:write"})
    assert words in refusal(endpoint)
    assert db.session.query(SourceAccount).count() == 0
    assert diary.called() == ["GET /me"]


def test_a_right_that_only_the_subscription_needs_is_said_and_nothing_kept(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    diary.fault("POST /subscriptions", status=403, body={"message": "Please upgrade"})
    assert "“Please upgrade”" in refusal(endpoint)
    assert db.session.query(SourceAccount).count() == 0
    assert AuditAction.SOURCE_CONNECTED not in actions(acme)


@pytest.mark.parametrize("typed", ["", " ", "Bearer abc", "a b", "a\nb", "ключ", "x" * 5000])
def test_what_cannot_be_a_token_is_refused_without_a_call(
    acme: Any, diary: DiaryServer, endpoint: int, typed: str
) -> None:
    with acme.app.test_request_context(), pytest.raises(Refused):
        read_token(typed)
    refusal(endpoint, typed)
    assert diary.called() == []


def test_a_source_without_an_api_takes_no_token(acme: Any) -> None:
    endpoint_setup.make_endpoint(acme.team_id, "signed_json")
    view = endpoints.show_endpoint(acme.team_id, "signed_json")
    end_read()
    assert view is not None
    assert status(view.id) == SourceStatus(AccountStage.NONE, takes_token=False)
    with pytest.raises(NotFound):
        connect(view.id, TOKEN, by=None)


@pytest.mark.parametrize("fault", [{"lost": True}, {"status": 503}])
def test_what_a_source_did_not_answer_is_finished_later_and_leaves_one_subscription(
    acme: Any, diary: DiaryServer, endpoint: int, fault: dict[str, Any]
) -> None:
    diary.fault("POST /subscriptions", **fault)
    connect(endpoint, TOKEN, by=None)
    told = status(endpoint)
    assert (told.stage, told.subscription) == (AccountStage.CONNECTING, None)
    assert "did not answer" in told.fault
    assert check_due() == []
    with later(seconds=61):
        assert len(check_due()) == 1
    assert status(endpoint).stage == AccountStage.CONNECTED
    assert len(diary.subscriptions) == 1
    assert actions(acme).count(AuditAction.SOURCE_CONNECTED) == 1


def test_another_token_of_the_same_account_takes_the_place_of_the_first(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.holders = {"another-token": "Ren Host"}
    connect(endpoint, "another-token", by=None)
    assert len(diary.subscriptions) == 1
    assert status(endpoint).fault == ""
    assert actions(acme).count(AuditAction.SOURCE_CONNECTED) == 2


def test_another_token_that_lacks_a_right_leaves_the_first_one_as_it_was(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.subscriptions.clear()
    diary.holders["another-token"] = "Ren Host"
    diary.fault("POST /subscriptions", status=403)
    assert "may not do" in refusal(endpoint, "another-token")
    assert actions(acme).count(AuditAction.SOURCE_CONNECTED) == 1
    del diary.holders["another-token"]
    assert len(check_due()) == 1
    assert (status(endpoint).fault, len(diary.subscriptions)) == ("", 1)


def test_a_token_that_lacks_a_right_switches_no_address_on(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    endpoint_setup.switch(acme.team_id, NAME, on=False)
    diary.fault("POST /subscriptions", status=403)
    refusal(endpoint)
    assert stored(endpoint).disabled_at is not None


def test_a_token_that_lacks_a_right_connects_nothing_again_that_somebody_is_ending(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.fault("DELETE /subscriptions", status=503)
    disconnect(endpoint, by=None)
    diary.holders["another-token"] = "Ren Host"
    diary.fault("GET /subscriptions", status=403)
    refusal(endpoint, "another-token")
    assert status(endpoint).stage == AccountStage.ENDING
    with later(minutes=2):
        check_due()
    assert (status(endpoint).stage, diary.subscriptions) == (AccountStage.NONE, {})


def test_a_token_of_somebody_else_is_refused(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.holders = {"of-mika": "Mika Host"}
    assert "belongs to Mika Host, and Ren Host is connected" in refusal(endpoint, "of-mika")
    assert status(endpoint).shown == "Ren Host"


def test_two_presses_at_one_instant_make_one_subscription(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    told: list[str] = []

    def press() -> None:
        with acme.app.app_context():
            try:
                connect(endpoint, TOKEN, by=None)
                told.append("connected")
            except Refused:
                told.append("refused")

    threads = [threading.Thread(target=press) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert "connected" in told
    assert len(diary.subscriptions) == 1
    assert status(endpoint).stage == AccountStage.CONNECTED
    with later(days=1, minutes=1):
        check_due()
    assert len(diary.subscriptions) == 1
    assert status(endpoint).renewed_at is None
