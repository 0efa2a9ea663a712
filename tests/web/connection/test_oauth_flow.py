from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.roles import Role
from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.kit.broken_tables import refuse_writing
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import BASE_URL
from tests.kit.world import create_team
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    HARBOUR_ACCOUNT,
    PAGE,
    answer_consent,
    changed,
    clear_faults,
    come_back,
    fault,
    kept,
    leave,
    live_refresh_tokens,
    trail,
)


def test_connect_asks_for_the_least_with_state_and_pkce(owner: Browser, sandbox: SandboxServer) -> None:
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


def test_connect_is_no_link_that_can_be_opened(owner: Browser) -> None:
    assert owner.get(f"{PAGE}/connect").status_code == 405


def test_a_consented_connect_is_kept_with_its_account(app: Flask, team: Team, owner: Browser) -> None:
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


def test_the_tokens_are_sealed_for_their_team(app: Flask, team: Team, owner: Browser) -> None:
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


def test_a_declined_consent_changes_nothing(app: Flask, team: Team, owner: Browser) -> None:
    answer = owner.get(answer_consent(leave(owner), answer="cancel"))
    assert answer.headers["Location"] == PAGE
    assert "declined" in words(owner.open(PAGE))
    assert kept(app, team) is None


def test_a_callback_without_code_or_error_counts_as_declined(app: Flask, team: Team, owner: Browser) -> None:
    owner.get(changed(answer_consent(leave(owner)), code=None))
    assert "declined" in words(owner.open(PAGE))
    assert kept(app, team) is None


def test_a_member_cannot_connect(app: Flask, team: Team) -> None:
    with app.app_context():
        join(team.id, "member@acme.example", Role.MEMBER)
    member = Browser(app).sign_in("member@acme.example")
    assert member.get(PAGE).status_code == 403
    assert member.post(f"{PAGE}/connect", page="/teams/acme/calendars").status_code == 403


def test_a_code_that_hubspot_refuses_leaves_the_connection_from_before(
    app: Flask, team: Team, owner: Browser
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
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer, path: str
) -> None:
    back = answer_consent(leave(owner))
    rule = {"action": "status", "status": 503, "path": path, "times": 20}
    assert requests.post(f"{sandbox.url}/sandbox/api/faults", json=rule, timeout=60).ok
    owner.get(back)
    assert "HubSpot was not connected, and nothing has changed" in words(owner.open(PAGE))
    assert kept(app, team) is None


def test_a_missing_permission_is_named_and_nothing_stored(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
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


def test_the_token_of_a_connect_that_failed_is_revoked(team: Team, owner: Browser, sandbox: SandboxServer) -> None:
    back = answer_consent(leave(owner))
    fault(sandbox, action="status", status=503, path="/account-info", times=1)
    owner.get(back)
    assert len(list(sandbox.state.refresh_tokens)) == 1
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []


@pytest.mark.parametrize("whose", ["this team", "another team"])
def test_the_token_of_a_failed_connect_is_left_alone_where_the_account_is_in_use(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer, whose: str
) -> None:
    """HubSpot may have handed out the refresh token that the other connection lives by."""
    page = PAGE
    if whose == "another team":
        create_team(app, "Second")
        page = "/teams/second/settings/integrations/hubspot"
    come_back(owner)
    back = answer_consent(leave(owner, page))
    fault(sandbox, action="status", status=503, path="introspect", times=1)
    owner.get(back)
    assert "HubSpot was not connected" in words(owner.open(page))
    clear_faults(sandbox)
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 2


def test_a_connect_that_the_database_does_not_take_leaves_no_token_behind(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    back = answer_consent(leave(owner))
    with app.app_context():
        refuse_writing(db.session, "connections")
        db.session.commit()
    answer = owner.get(back)
    assert answer.status_code == 500
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []


def test_a_permission_missing_at_a_second_connect_leaves_the_first(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    before = kept(app, team)
    registered = sandbox.state.apps.get(sandbox.settings.client_id)
    assert registered is not None
    registered.required_scopes = []
    owner.get(answer_consent(changed(leave(owner), scope="oauth crm.objects.contacts.read")))
    assert "did not grant" in words(owner.open(PAGE))
    after = kept(app, team)
    assert before is not None
    assert after is not None
    assert (before.refresh_sealed, before.state) == (after.refresh_sealed, after.state)


def test_connect_begins_anew_and_is_told_in_the_trail(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    long_ago = now() - timedelta(days=3)
    with app.app_context(), write_transaction() as session:
        connection = session.query(Connection).one()
        connection.trouble_code, connection.trouble_call, connection.trouble_at = (
            "permission_missing",
            "x",
            long_ago,
        )
        connection.refresh_not_before = connection.warned_for = long_ago
        connection.check_until = connection.checked_at = connection.next_check_at = long_ago
    come_back(owner)
    now_kept = kept(app, team)
    assert now_kept is not None
    assert (now_kept.trouble_code, now_kept.trouble_call, now_kept.trouble_at) == ("", "", None)
    assert (now_kept.refresh_not_before, now_kept.warned_for, now_kept.check_until) == (None, None, None)
    assert now_kept.next_check_at is not None
    assert timedelta(hours=23) < now_kept.next_check_at - now() <= timedelta(hours=24)
    assert now_kept.checked_at is not None
    assert now_kept.checked_at > long_ago
    assert now_kept.time_zone == "Asia/Tokyo"
    told = {"account": "1234567", "method": "oauth"}
    assert [each for each in trail(app, team) if each[0] == "connected"] == [("connected", told)] * 2


def test_connecting_again_ends_lost_access(app: Flask, team: Team, owner: Browser) -> None:
    owner.get(answer_consent(leave(owner)))
    with app.app_context():
        db.session.query(Connection).update({"state": "lost", "lost_code": "access_lost", "lost_at": now()})
        db.session.commit()
    assert "Access to acme.example.com (account 1234567) was lost" in words(owner.open(PAGE))
    owner.get(answer_consent(leave(owner)))
    connection = kept(app, team)
    assert connection is not None
    assert (connection.state, connection.lost_code, connection.lost_at) == ("connected", "", None)


def test_whoever_looks_first_connects_and_goes_on_so_with_another_account(
    app: Flask, team: Team, owner: Browser
) -> None:
    leaving = owner.submit(owner.open(PAGE), "Connect", watch_only="1").headers["Location"]
    told = owner.get(answer_consent(leaving), follow_redirects=True)
    assert "HubSync watches only" in words(told)
    come_back(owner, account=HARBOUR_ACCOUNT)
    question = owner.open(f"{PAGE}/another-account")
    assert "HubSync writes nothing in the new account either" in words(question)
    owner.submit(question, "Use this account")
    connection = kept(app, team)
    assert connection is not None
    assert connection.hubspot_account_id == str(HARBOUR_ACCOUNT)
    assert connection.watching_since is not None
    owner.post(f"{PAGE}/disconnect", page=PAGE)
    assert "goes on doing so: it writes nothing until you go live" in words(owner.open(PAGE))
