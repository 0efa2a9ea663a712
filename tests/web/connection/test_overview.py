"""The HubSpot page in each of its states, and Disconnect."""

from __future__ import annotations

import time

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.services.connection import oauth_flow
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.world import create_team
from tests.web.connection.consent_page import PAGE, answer_consent, fault, forget_calls, hubspot_calls, kept, leave

SECOND = "/teams/second/settings/integrations/hubspot"


def connect(visitor: Browser, page: str = PAGE) -> None:
    assert visitor.get(answer_consent(leave(visitor, page))).headers["Location"] == page


def disconnect(visitor: Browser, page: str = PAGE) -> str:
    answer = visitor.post(f"{page}/disconnect", page=f"{page}/disconnect")
    assert answer.headers["Location"] == page
    return words(visitor.open(page))


def still(app: Flask, team: Team) -> Connection:
    connection = kept(app, team)
    assert connection is not None
    return connection


def test_a_team_that_is_not_connected_reads_what_connect_will_do(owner: Browser) -> None:
    page = owner.open(PAGE)
    assert "Not connected" in words(page)
    assert "crm.objects.companies.write" in words(page)
    assert page.select_one(f"form[action='{PAGE}/connect'] button") is not None


def test_without_the_premium_plan_connect_is_not_offered(app: Flask) -> None:
    create_team(app, "Basic", plan="basic")
    visitor = Browser(app).sign_in()
    page = visitor.open("/teams/basic/settings/integrations/hubspot")
    assert "HubSpot integration is available with the Premium Plan." in words(page)
    assert page.select_one("form[action$='/connect']") is None
    answer = visitor.post(
        "/teams/basic/settings/integrations/hubspot/connect", page="/teams/basic/settings/integrations"
    )
    assert answer.headers["Location"] == "/teams/basic/settings/integrations/hubspot"


class TestWithoutAClientId:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"HUBSPOT_CLIENT_ID": "", "HUBSPOT_CLIENT_SECRET": ""}

    def test_the_page_names_the_settings_and_the_redirect_url(self, owner: Browser) -> None:
        page = owner.open(PAGE)
        assert "HUBSYNC_HUBSPOT_CLIENT_ID" in words(page)
        assert "HUBSYNC_HUBSPOT_CLIENT_SECRET" in words(page)
        assert page.select_one("#redirect-uri")["value"] == "http://localhost:8000/integrations/hubspot/callback"
        assert page.select_one("form[action$='/connect']") is None


class TestUnderAnAddressThatHubSpotRefuses:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"BASE_URL": "http://hubsync.acme.example", "ALLOW_HTTP": "on"}

    def test_the_page_says_so(self, app: Flask, team: Team) -> None:
        with app.app_context():
            assert oauth_flow.find_connect_blocker(team) == "base_url"


def test_disconnect_asks_first(app: Flask, team: Team, owner: Browser) -> None:
    connect(owner)
    page = owner.open(f"{PAGE}/disconnect")
    assert "HubSync forgets its access to acme.example.com" in words(page)
    assert still(app, team).state == "connected"


def test_disconnect_uninstalls_revokes_and_forgets(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    connect(owner)
    forget_calls(sandbox)
    assert "HubSync is uninstalled there" in disconnect(owner)
    assert hubspot_calls(sandbox) == [
        "DELETE /appinstalls/2026-09/external-install",
        "POST /oauth/2026-09/token/revoke",
    ]
    connection = still(app, team)
    assert connection.state == "disconnected"
    assert (connection.access_sealed, connection.refresh_sealed) == ("", "")
    assert connection.hubspot_account_id == "1234567", "the page still says which account it was"


def test_disconnect_forgets_when_hubspot_does_not_answer(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    connect(owner)
    sandbox.stop()
    assert "HubSpot itself could not be told" in disconnect(owner)
    connection = still(app, team)
    assert (connection.state, connection.access_sealed, connection.refresh_sealed) == ("disconnected", "", "")


@pytest.mark.slow
def test_disconnect_forgets_in_time_when_hubspot_is_slow(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    connect(owner)
    fault(sandbox, action="status", status=503, delay=20, times=10)
    began = time.monotonic()
    disconnect(owner)
    assert time.monotonic() - began < 20
    assert still(app, team).access_sealed == ""


def test_disconnect_after_hubspots_own_side_uninstalled_forgets(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    connect(owner)
    requests.post(f"{sandbox.url}/sandbox/api/uninstall", json={}, timeout=60).raise_for_status()
    disconnect(owner)
    assert still(app, team).state == "disconnected"


def test_disconnect_leaves_an_account_alone_that_another_team_uses(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    second = create_team(app, "Second")
    connect(owner)
    connect(owner, SECOND)
    forget_calls(sandbox)
    assert "Another team here still uses the account" in disconnect(owner)
    assert hubspot_calls(sandbox) == []
    assert still(app, team).access_sealed == ""
    assert still(app, second).state == "connected"


def test_disconnecting_twice_is_as_good_as_once(owner: Browser) -> None:
    connect(owner)
    disconnect(owner)
    assert owner.get(f"{PAGE}/disconnect").headers["Location"] == PAGE
    assert "Not connected" in words(owner.open(PAGE))


def test_after_disconnect_connect_works_again(app: Flask, team: Team, owner: Browser) -> None:
    connect(owner)
    disconnect(owner)
    connect(owner)
    assert still(app, team).state == "connected"
