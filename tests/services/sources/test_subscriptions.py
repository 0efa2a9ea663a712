"""Subscriptions that HubSync makes, watches and ends at a source with an API."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.domain.plans import Plan
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import NotFound, Refused
from hubsync.services import now, tools
from hubsync.services.operations.team_deletion import delete_team
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.pasted_tokens import read_token
from hubsync.services.sources.status import AccountStage, SourceStatus, status_of
from hubsync.services.sources.subscriptions import connect, disable, disconnect, renew
from hubsync.services.sources.upkeep import check_due
from hubsync.services.teams import audit
from hubsync.services.teams.members import create_team
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sources import IntakeEndpoint, SourceAccount
from hubsync.store.teams import Membership, Team
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer


def status(endpoint_id: int) -> SourceStatus:
    told = status_of(endpoint_id)
    end_read()
    return told


def stored(endpoint_id: int) -> IntakeEndpoint:
    row = db.session.get_one(IntakeEndpoint, endpoint_id, populate_existing=True)
    end_read()
    return row


def refusal(endpoint_id: int, token: str = TOKEN) -> str:
    with pytest.raises(Refused) as refused:
        connect(endpoint_id, token, by=None)
    assert refused.value.field == "token"
    assert TOKEN not in refused.value.message
    return refused.value.message


def actions(acme: Any) -> list[str]:
    told = [each.action for each in reversed(audit.read_trail(acme.team_id, 20))]
    end_read()
    return told


def addresses(diary: DiaryServer) -> list[str]:
    return [each["address"] for each in diary.subscriptions.values()]


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


def test_another_token_that_lacks_a_right_leaves_the_first_one_as_it_was(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.subscriptions.clear()
    diary.holders["another-token"] = "Ren Host"
    diary.fault("POST /subscriptions", status=403)
    assert "may not do" in refusal(endpoint, "another-token")
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


def test_disabling_ends_the_subscription_and_the_address_and_forgets_the_token(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    disable(endpoint, by=None)
    assert diary.subscriptions == {}
    assert stored(endpoint).disabled_at is not None
    assert db.session.query(SourceAccount).count() == 0
    assert status(endpoint).stage == AccountStage.NONE
    assert actions(acme)[-2:] == [AuditAction.SOURCE_DISABLED, AuditAction.SOURCE_DISCONNECTED]
    connect(endpoint, TOKEN, by=None)
    assert stored(endpoint).disabled_at is None


def test_disconnecting_leaves_the_address_on(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    disconnect(endpoint, by=None)
    assert (diary.subscriptions, stored(endpoint).disabled_at) == ({}, None)
    with pytest.raises(NotFound):
        disconnect(endpoint, by=None)


def test_a_source_that_is_down_is_left_later(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.fault("DELETE /subscriptions", status=500, times=2)
    disable(endpoint, by=None)
    assert (status(endpoint).stage, len(diary.subscriptions)) == (AccountStage.ENDING, 1)
    assert stored(endpoint).disabled_at is not None
    with later(seconds=61):
        check_due()
    assert len(diary.subscriptions) == 1
    with later(minutes=7):
        check_due()
    assert (status(endpoint).stage, diary.subscriptions) == (AccountStage.NONE, {})


def test_a_subscription_whose_making_was_not_answered_is_ended_too(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    diary.fault("POST /subscriptions", lost=True)
    connect(endpoint, TOKEN, by=None)
    assert len(diary.subscriptions) == 1
    disable(endpoint, by=None)
    assert diary.subscriptions == {}


def test_a_token_that_was_revoked_keeps_nobody_from_leaving(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    diary.holders = {}
    disable(endpoint, by=None)
    assert status(endpoint).stage == AccountStage.NONE


def test_a_new_secret_is_a_new_subscription_before_the_old_one_ends(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    (old,) = diary.subscriptions.values()
    diary.called()
    renew(endpoint, by=None)
    assert diary.called() == ["POST /subscriptions", "DELETE /subscriptions/1"]
    (new,) = diary.subscriptions.values()
    assert new["address"] != old["address"]
    assert new["secret"] != old["secret"]
    assert diary.deliver(diary.book(1), new) == "waiting"
    assert diary.deliver(diary.book(2), old) == "waiting", "it was on its way"
    with later(days=1, minutes=1), pytest.raises(Exception, match="no such endpoint"):
        diary.deliver(diary.book(3), old)


def test_a_secret_that_the_source_was_told_is_changed_at_both_ends_only(acme: Any, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    before = stored(endpoint).secret_sealed
    with pytest.raises(Refused, match="Renew"):
        endpoint_setup.renew_secret(acme.team_id, stored(endpoint).source)
    assert stored(endpoint).secret_sealed == before


def test_a_renewal_that_the_source_did_not_answer_loses_no_booking_however_long_it_takes(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    (old,) = diary.subscriptions.values()
    diary.fault("POST /subscriptions", status=503, times=40)
    renew(endpoint, by=None)
    assert status(endpoint).stage == AccountStage.CONNECTED
    for hours in range(1, 40, 5):
        with later(hours=hours):
            check_due()
            assert diary.deliver(diary.book(hours), old) == "waiting"
    diary.faults.clear()
    with later(hours=44):
        check_due()
    assert len(diary.subscriptions) == 1
    assert addresses(diary) != [old["address"]]


def test_a_renewal_that_the_source_refuses_leaves_everything_as_it_was(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    (old,) = diary.subscriptions.values()
    diary.fault("POST /subscriptions", status=403, body={"message": "Please upgrade"})
    with pytest.raises(Refused, match="Please upgrade"):
        renew(endpoint, by=None)
    assert list(diary.subscriptions.values()) == [old]
    assert diary.deliver(diary.book(1), old) == "waiting"
    assert stored(endpoint).former_token is None
    renew(endpoint, by=None)
    assert len(diary.subscriptions) == 1


def test_a_renewal_whose_former_secret_was_ended_goes_on_when_the_source_lets_it(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    """There is no way back any more."""
    connect(endpoint, TOKEN, by=None)
    diary.fault("POST /subscriptions", status=503)
    diary.fault("POST /subscriptions", status=403)
    renew(endpoint, by=None)
    endpoint_setup.end_former_secret(acme.team_id, NAME)
    with later(minutes=2):
        assert (len(check_due()), len(check_due())) == (1, 0)
    assert "may not do" in status(endpoint).fault
    with later(days=1, minutes=3):
        check_due()
    assert status(endpoint).fault == ""
    (only,) = diary.subscriptions.values()
    assert diary.deliver(diary.book(1), only) == "waiting"


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


@pytest.mark.parametrize("down", [False, True])
def test_deleting_the_team_ends_its_subscriptions_as_far_as_the_source_lets_it(
    acme: Any, diary: DiaryServer, endpoint: int, down: bool
) -> None:
    connect(endpoint, TOKEN, by=None)
    owner = db.session.query(Membership).one().person_id
    if down:
        diary.fault("DELETE /subscriptions", status=503)
    delete_team(acme.team_id, "Acme", by=owner)
    assert len(diary.subscriptions) == down
    assert (db.session.query(Team).count(), db.session.query(SourceAccount).count()) == (0, 0)
    end_read()
