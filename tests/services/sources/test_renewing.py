"""Renewing: a source gets another secret and address, and no booking is lost meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.errors import Refused
from hubsync.services.sources import endpoint_setup
from hubsync.services.sources.status import AccountStage
from hubsync.services.sources.subscriptions import connect, renew
from hubsync.services.sources.upkeep import check_due
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer
from tests.services.sources.subscriptions_seen import addresses, status, stored


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
