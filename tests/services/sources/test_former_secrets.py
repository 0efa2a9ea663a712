"""Former secrets and addresses: cleared when their day is over, unless a change under way may go back to them."""

from __future__ import annotations

from typing import Any

from hubsync.services.operations.background_jobs import do_due_work
from hubsync.services.sources import endpoint_setup
from hubsync.services.sources.endpoint_moves import clear_former
from hubsync.services.sources.subscriptions import connect, renew
from hubsync.services.sources.upkeep import check_due
from hubsync.store import db, end_read
from hubsync.store.sources import IntakeEndpoint
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer


def former() -> tuple[bool, bool, bool]:
    """Whether there is a former secret, a former address, and an end of both."""
    row = db.session.query(IntakeEndpoint).populate_existing().one()
    end_read()
    return bool(row.former_sealed), row.former_token is not None, row.former_until is not None


def test_a_former_secret_is_cleared_when_its_day_is_over_and_not_before(acme: Any) -> None:
    endpoint_setup.make_endpoint(acme.team_id, "signed_json")
    endpoint_setup.renew_secret(acme.team_id, "signed_json")
    with later(hours=23):
        clear_former()
        assert former() == (True, False, True)
    with later(hours=25):
        list(do_due_work())
    assert former() == (False, False, False)


def test_a_former_address_is_cleared_with_it(diary: DiaryServer, endpoint: int) -> None:
    connect(endpoint, TOKEN, by=None)
    renew(endpoint, by=None)
    with later(hours=25):
        clear_former()
    assert former() == (False, False, False)


def test_a_former_secret_that_is_ended_takes_the_former_address_with_it(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    renew(endpoint, by=None)
    endpoint_setup.end_former_secret(acme.team_id, NAME)
    assert former() == (False, False, False)


def test_what_a_change_may_go_back_to_is_kept_until_the_source_has_answered(
    diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    (old,) = diary.subscriptions.values()
    diary.fault("POST /subscriptions", status=503)
    renew(endpoint, by=None)
    with later(days=3):  # HubSync did not run meanwhile
        clear_former()
        assert former() == (True, True, True)
        diary.fault("POST /subscriptions", status=403)
        check_due()
        assert diary.deliver(diary.book(1), old) == "waiting"
    assert former() == (False, False, False)
