"""Ending of subscriptions: whoever disables, disconnects or goes is sent nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.errors import NotFound
from hubsync.services.operations.team_deletion import delete_team
from hubsync.services.sources.status import AccountStage
from hubsync.services.sources.subscriptions import connect, disable, disconnect
from hubsync.services.sources.upkeep import check_due
from hubsync.store import db, end_read
from hubsync.store.sources import SourceAccount
from hubsync.store.teams import Membership, Team
from tests.kit.clock import later
from tests.kit.diary import TOKEN, DiaryServer
from tests.services.sources.subscriptions_seen import actions, status, stored


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
