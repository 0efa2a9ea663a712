"""What is seen of a subscription and its endpoint, for the tests of connecting, renewing, checking and ending."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.errors import Refused
from hubsync.services.sources.status import SourceStatus, status_of
from hubsync.services.sources.subscriptions import connect
from hubsync.services.teams import audit
from hubsync.store import db, end_read
from hubsync.store.sources import IntakeEndpoint
from tests.kit.diary import TOKEN, DiaryServer


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
