"""What keeps all bookings of a team out of HubSpot, and that using the connection meets the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.plans import Plan
from hubsync.errors import HubSyncError
from hubsync.services import now
from hubsync.services.connection.blockers import find_access_blocker, find_posting_blocker
from hubsync.services.connection.tokens import usable_connection
from hubsync.store import db
from hubsync.store.teams import Team
from tests.kit.connections import change, stored

LONG_AGO = timedelta(days=181)
STATES: dict[str, tuple[dict[str, Any], str]] = {
    "connected": ({"state": "connected"}, ""),
    "disconnected": ({"state": "disconnected"}, "not_connected"),
    "lost": ({"state": "lost", "lost_code": "access_lost"}, "access_lost"),
    "expired": ({"state": "lost", "lost_code": "idle_expired"}, "idle_expired"),
    "expired and not noted yet": ({"connected_at": LONG_AGO, "last_posted_at": LONG_AGO}, "idle_expired"),
}


def met_by_using_it(team_id: int) -> str:
    """The code of what `usable_connection` raises, "" when nothing."""
    try:
        usable_connection(team_id)
    except HubSyncError as fault:
        return fault.code
    return ""


@pytest.mark.parametrize("state", STATES)
def test_a_blocker_is_what_using_the_connection_meets(acme: Any, state: str) -> None:
    values, code = STATES[state]
    change(**{name: now() - value if isinstance(value, timedelta) else value for name, value in values.items()})
    connection, team = stored(), db.session.get_one(Team, acme.team_id)
    assert find_access_blocker(connection) == find_posting_blocker(team, connection) == code
    assert met_by_using_it(acme.team_id) == code


@pytest.mark.parametrize("state", STATES)
def test_the_plan_comes_before_access(acme: Any, state: str) -> None:
    values, _code = STATES[state]
    change(**{name: now() - value if isinstance(value, timedelta) else value for name, value in values.items()})
    assert find_posting_blocker(Team(plan=Plan.BASIC), stored()) == "plan"


def test_a_team_that_never_connected_is_not_connected(acme: Any) -> None:
    assert find_access_blocker(None) == find_posting_blocker(Team(plan=Plan.PREMIUM), None) == "not_connected"
