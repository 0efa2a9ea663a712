"""After HUBSYNC_ENCRYPTION_KEYS lost its keys: every page says so in plain words, and none breaks."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from hubsync.services.sources import endpoint_setup
from hubsync.store import db, end_read
from hubsync.store.connections import Connection
from hubsync.store.sealed import Vault
from hubsync.store.sources import IntakeEndpoint
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.page import read_page, words

__all__ = ["connected_team"]

PLAIN = "cannot be opened with the keys of this installation"
SETTINGS = "/teams/acme/settings"


@pytest.fixture
def lost(connected_team: ConnectedTeam) -> ConnectedTeam:
    """A connected team with a booking source, served with other keys than before."""
    with connected_team.app.app_context():
        endpoint_setup.make_endpoint(connected_team.team_id, "signed_json")
    serve_with(connected_team, Fernet.generate_key().decode())
    return connected_team


def serve_with(connected_team: ConnectedTeam, *keys: str) -> None:
    tools = connected_team.app.extensions["hubsync"]
    connected_team.app.extensions["hubsync"] = dataclasses.replace(tools, vault=Vault(keys))


def test_no_page_breaks(lost: ConnectedTeam) -> None:
    broken = {}
    for rule in lost.app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.arguments - {"team_slug", "calendar_id"}:
            continue
        values: dict[str, Any] = {"team_slug": "acme", "calendar_id": lost.calendar_id}
        with lost.app.test_request_context(base_url="http://localhost:8000"):
            address = lost.app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
        answer = lost.owner.get(address)
        if answer.status_code >= 500 and rule.endpoint != "health.readyz":  # its database was not migrated
            broken[rule.endpoint] = answer.status_code
    assert broken == {}


def test_check_now_says_that_the_access_cannot_be_opened(lost: ConnectedTeam) -> None:
    hubspot = f"{SETTINGS}/integrations/hubspot"
    token = [pair for pair in filled(lost.owner.open(hubspot)) if pair[0] == "csrf_token"]
    answer = lost.owner.send(f"{hubspot}/check", token)
    assert answer.status_code == 302
    shown = lost.owner.open(hubspot)
    assert PLAIN in words(shown)
    with lost.app.app_context():
        assert db.session.scalars(select(Connection.state)).one() == "connected"  # it is no loss of access
        end_read()


def test_disconnect_works_all_the_same(lost: ConnectedTeam) -> None:
    answer = lost.owner.press(f"{SETTINGS}/integrations/hubspot/disconnect")
    assert answer.status_code < 400
    with lost.app.app_context():
        assert db.session.scalars(select(Connection.state)).one() == "disconnected"
        end_read()


def test_a_booking_source_is_asked_to_come_again_and_its_page_says_why(lost: ConnectedTeam) -> None:
    with lost.app.app_context():
        token = db.session.scalars(select(IntakeEndpoint.token)).one()
        end_read()
    answer = lost.owner.client.post(
        f"/intake/json/{token}",
        data=json.dumps({"id": "1"}),
        headers={"X-HubSync-Signature": "t=1,v1=00"},
        base_url="http://localhost:8000",
    )
    assert answer.status_code == 503
    assert answer.get_json()["error"] == "secret_unreadable"
    shown = lost.owner.open(f"{SETTINGS}/integrations/signed-json")
    assert "The secret cannot be opened" in words(shown)
    assert "HUBSYNC_ENCRYPTION_KEYS" in words(shown)
    renewed = read_page(lost.owner.press(f"{SETTINGS}/integrations/signed-json/secret"))
    assert PLAIN not in words(renewed)
