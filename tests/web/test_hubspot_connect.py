from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.sandbox.server import SandboxServer
from hubsync.services import now, teams, tools
from hubsync.services.access import sealed_place
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.web.consenting import HARBOUR_ACCOUNT, PAGE, answer_consent, changed, kept, leave
from tests.web.visitor import BASE_URL, Visitor, words


def test_connect_asks_for_the_least_with_state_and_pkce(owner: Visitor, sandbox: SandboxServer) -> None:
    leaving = leave(owner)
    asked = parse_qs(urlsplit(leaving).query)
    assert leaving.startswith(f"{sandbox.url}/oauth/authorize?")
    assert asked["redirect_uri"] == [f"{BASE_URL}/integrations/hubspot/callback"]
    assert asked["scope"] == [
        "oauth crm.objects.contacts.read crm.objects.contacts.write "
        "crm.objects.companies.read crm.objects.companies.write"
    ]
    assert "+" not in leaving
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 20
    assert leave(owner) != leaving


def test_connect_is_no_link_that_can_be_opened(owner: Visitor) -> None:
    assert owner.get(f"{PAGE}/connect").status_code == 405


def test_a_consented_connect_is_kept_with_its_account(app: Flask, team: Team, owner: Visitor) -> None:
    answer = owner.get(answer_consent(leave(owner)))
    assert answer.headers["Location"] == PAGE
    shown = words(owner.open(PAGE))
    assert "Connected to acme.example.com (account 1234567)" in shown
    connection = kept(app, team)
    assert connection is not None
    assert (connection.state, connection.hubspot_account_id) == ("connected", "1234567")
    assert connection.connected_by is not None
    assert connection.connected_by.email == "owner@acme.example"
    assert connection.access_expires_at is not None
    assert connection.access_expires_at > now() + timedelta(minutes=25)


def test_the_tokens_are_sealed_for_their_team(app: Flask, team: Team, owner: Visitor) -> None:
    owner.get(answer_consent(leave(owner)))
    connection = kept(app, team)
    assert connection is not None
    with app.app_context():
        for what, sealed in (
            ("access token", connection.access_sealed),
            ("refresh token", connection.refresh_sealed),
        ):
            secret = tools().vault.open(sealed_place(team.id, what), sealed)
            assert len(secret) > 20
            assert secret not in sealed
            assert secret not in owner.get(PAGE).text


def test_a_declined_consent_changes_nothing(app: Flask, team: Team, owner: Visitor) -> None:
    answer = owner.get(answer_consent(leave(owner), answer="cancel"))
    assert answer.headers["Location"] == PAGE
    assert "declined" in words(owner.open(PAGE))
    assert kept(app, team) is None


def test_a_callback_without_code_or_error_counts_as_declined(app: Flask, team: Team, owner: Visitor) -> None:
    owner.get(changed(answer_consent(leave(owner)), code=None))
    assert "declined" in words(owner.open(PAGE))
    assert kept(app, team) is None


def test_a_member_cannot_connect(app: Flask, team: Team) -> None:
    with app.app_context():
        teams.add_member(team.id, "member@acme.example", Role.MEMBER)
    member = Visitor(app).sign_in("member@acme.example")
    assert member.get(PAGE).status_code == 403
    assert member.post(f"{PAGE}/connect", page="/teams/acme/calendars").status_code == 403


def test_a_code_that_hubspot_refuses_leaves_the_connection_from_before(
    app: Flask, team: Team, owner: Visitor
) -> None:
    owner.get(answer_consent(leave(owner)))
    before = kept(app, team)
    owner.get(changed(answer_consent(leave(owner)), code="na1-nonsense"))
    shown = words(owner.open(PAGE))
    assert "HubSpot was not connected, and nothing has changed" in shown
    assert "Press Connect again" in shown
    after = kept(app, team)
    assert before is not None
    assert after is not None
    assert before.access_sealed == after.access_sealed


@pytest.mark.parametrize("path", ["/oauth/2026-09/token", "/account-info/2026-09/details", "introspect"])
def test_hubspot_failing_half_way_stores_nothing(
    app: Flask, team: Team, owner: Visitor, sandbox: SandboxServer, path: str
) -> None:
    back = answer_consent(leave(owner))
    rule = {"action": "status", "status": 503, "path": path, "times": 20}
    assert requests.post(f"{sandbox.url}/sandbox/api/faults", json=rule, timeout=10).ok
    owner.get(back)
    assert "HubSpot was not connected, and nothing has changed" in words(owner.open(PAGE))
    assert kept(app, team) is None


def test_a_missing_permission_is_named_and_nothing_stored(
    app: Flask, team: Team, owner: Visitor, sandbox: SandboxServer
) -> None:
    registered = sandbox.state.apps.get(sandbox.settings.client_id)
    assert registered is not None
    registered.required_scopes = []  # HubSpot then grants whatever the address asks for
    leaving = leave(owner)
    fewer = changed(leaving, scope="oauth crm.objects.contacts.read crm.objects.contacts.write")
    owner.get(answer_consent(fewer))
    shown = words(owner.open(PAGE))
    assert "did not grant: crm.objects.companies.read, crm.objects.companies.write" in shown
    assert kept(app, team) is None


def test_another_account_than_before_is_said(app: Flask, team: Team, owner: Visitor) -> None:
    owner.get(answer_consent(leave(owner)))
    owner.get(answer_consent(leave(owner), account=HARBOUR_ACCOUNT))
    shown = words(owner.open(PAGE))
    assert "another HubSpot account than before" in shown
    assert "account 7654321" in shown
    with app.app_context():
        assert db.session.query(Connection).count() == 1


def test_connecting_again_ends_lost_access(app: Flask, team: Team, owner: Visitor) -> None:
    owner.get(answer_consent(leave(owner)))
    with app.app_context():
        db.session.query(Connection).update({"state": "lost", "lost_code": "access_lost", "lost_at": now()})
        db.session.commit()
    assert "Access to acme.example.com (account 1234567) was lost" in words(owner.open(PAGE))
    owner.get(answer_consent(leave(owner)))
    connection = kept(app, team)
    assert connection is not None
    assert (connection.state, connection.lost_code, connection.lost_at) == ("connected", "", None)
