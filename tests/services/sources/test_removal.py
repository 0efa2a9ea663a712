"""Removal of addresses: only what is switched off and left, and nothing of what came by it."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.errors import NotFound, Refused
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.subscriptions import connect, disable
from hubsync.services.sources.upkeep import check_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sources import IntakeEndpoint, SourceSilence
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer
from tests.services.sources.subscriptions_seen import actions, stored

SEVERAL = "timerex"


def test_an_address_is_removed_once_it_is_switched_off_and_its_subscription_ended(
    acme: Any, diary: DiaryServer, endpoint: int
) -> None:
    connect(endpoint, TOKEN, by=None)
    with pytest.raises(Refused, match="Disable the address first"):
        endpoint_setup.remove(acme.team_id, NAME)
    diary.fault("DELETE /subscriptions", status=500)
    disable(endpoint, by=None)
    with pytest.raises(Refused, match="still ending its subscription"):
        endpoint_setup.remove(acme.team_id, NAME)
    assert stored(endpoint).disabled_at is not None
    with later(minutes=7):
        check_due()
        endpoint_setup.remove(acme.team_id, NAME)
    assert (diary.subscriptions, db.session.query(IntakeEndpoint).count()) == ({}, 0)
    assert actions(acme)[-1] == AuditAction.SOURCE_REMOVED
    with pytest.raises(NotFound):
        endpoint_setup.remove(acme.team_id, NAME)
    with pytest.raises(NotFound):
        connect(endpoint, TOKEN, by=None)


def test_the_number_of_an_address_that_was_removed_goes_to_no_other(acme: Any) -> None:
    def add() -> int:
        return endpoint_setup.add_endpoint(acme.team_id, SEVERAL, secret="").number

    def remove(number: int) -> None:
        endpoint_setup.switch(acme.team_id, SEVERAL, on=False, number=number)
        endpoint_setup.remove(acme.team_id, SEVERAL, number=number)

    assert [add(), add()] == [1, 2]
    remove(2)
    remove(1)
    assert add() == 3
    remove(3)
    assert add() == 4
    left = [each.number for each in endpoints.list_endpoints(acme.team_id, SEVERAL)]
    end_read()
    assert left == [4]


def test_addresses_that_were_removed_do_not_count_among_the_many_that_a_team_may_have(acme: Any) -> None:
    for _ in range(endpoint_setup.MOST_ENDPOINTS):
        endpoint_setup.add_endpoint(acme.team_id, SEVERAL, secret="")
    with pytest.raises(Refused, match="too many addresses"):
        endpoint_setup.add_endpoint(acme.team_id, SEVERAL, secret="")
    endpoint_setup.switch(acme.team_id, SEVERAL, on=False, number=7)
    endpoint_setup.remove(acme.team_id, SEVERAL, number=7)
    assert endpoint_setup.add_endpoint(acme.team_id, SEVERAL, secret="").number == 51


def test_the_silence_of_a_source_is_forgotten_with_its_last_address(acme: Any) -> None:
    for _ in range(2):
        endpoint_setup.add_endpoint(acme.team_id, SEVERAL, secret="")
    with write_transaction() as session:
        session.add(SourceSilence(team_id=acme.team_id, source=SEVERAL, since=now(), noticed_at=now()))
    counts = []
    for number in (1, 2):
        endpoint_setup.switch(acme.team_id, SEVERAL, on=False, number=number)
        endpoint_setup.remove(acme.team_id, SEVERAL, number=number)
        counts.append(db.session.query(SourceSilence).count())
        end_read()
    assert counts == [1, 0]
