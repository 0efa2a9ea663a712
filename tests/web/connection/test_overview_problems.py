"""What the HubSpot page says of access that was lost and of trouble with a connection that stands."""

from __future__ import annotations

from datetime import timedelta

import requests
import time_machine
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.mapping_trials import book
from tests.kit.page import Element, words
from tests.web.connection.account_switch_question import let_wait, map_property
from tests.web.connection.consent_page import (
    PAGE,
    clear_faults,
    come_back,
    enter_key,
    fault,
    forget_calls,
    hubspot_calls,
    kept,
    make_key,
)
from tests.web.connection.test_overview_states import buttons, check

__all__ = ["connected_team"]


def give_scopes(sandbox: SandboxServer, *scopes: str) -> None:
    """What an account's administrator may do: the app keeps fewer permissions."""
    for token in [*sandbox.state.refresh_tokens, *sandbox.state.access_tokens]:
        token.scopes = list(scopes)


def test_an_app_that_was_uninstalled_shows_as_lost(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    let_wait(app, team, map_property(app, team, "lastname", "Last Name"), 2)
    requests.post(f"{sandbox.url}/sandbox/api/uninstall", json={}, timeout=60).raise_for_status()
    page = check(owner)
    shown = words(page)
    assert "Access to acme.example.com (account 1234567) was lost" in shown
    assert "it was uninstalled there, or its permission was taken back" in shown
    assert "Since" in shown
    assert "2 bookings wait to be posted." in shown
    assert page.select_one("a[href='/teams/acme/deliveries?state=waiting']") is not None
    assert buttons(page) == ["Connect again"]
    assert page.select_one(f"form[action='{PAGE}/connect']") is not None


def test_a_service_key_that_was_deleted_shows_as_lost_in_its_own_words(
    owner: Browser, sandbox: SandboxServer
) -> None:
    key = make_key(sandbox)
    enter_key(owner, key)
    sandbox.state.service_keys.remove(key)
    page = check(owner)
    shown = words(page)
    assert "HubSpot no longer accepts the service key: it was deleted or replaced there." in shown
    assert f"pat-na1-…{key[-4:]}" in shown
    assert "uninstalled" not in shown.split("How to disconnect")[0]
    assert buttons(page) == ["Enter another service key"]


def test_a_connection_without_a_post_for_180_days_shows_as_expired_without_a_call(
    owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    forget_calls(sandbox)
    with time_machine.travel(now() + timedelta(days=180, minutes=1), tick=True):
        owner.sign_in()
        page = check(owner)
        assert "Nothing was posted for 180 days, so access to HubSpot has expired." in words(page)
        assert buttons(page) == ["Connect again"]
        assert hubspot_calls(sandbox) == []
        come_back(owner)
        assert "179 days left" in words(owner.open(PAGE))


def test_a_permission_that_was_taken_back_is_named_and_is_no_loss(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    give_scopes(
        sandbox, "oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read"
    )
    page = check(owner)
    shown = words(page)
    assert "Connected to acme.example.com" in shown
    assert "HubSync lacks a permission in HubSpot: crm.objects.companies.write." in shown
    assert "Give the app this permission in HubSpot, then press Connect again." in shown
    assert "Missing: write companies" in shown
    assert buttons(page) == ["Connect again"]
    come_back(owner)
    assert "lacks a permission" not in words(owner.open(PAGE))


def set_trouble(app: Flask, call: str) -> None:
    """As a call that met the trouble leaves it."""
    with app.app_context(), write_transaction() as session:
        connection = session.query(Connection).one()
        connection.trouble_code, connection.trouble_call, connection.trouble_at = "permission_missing", call, now()


def ticks(page: Element) -> dict[str, bool]:
    """Every permission that the page lists, and whether it is ticked."""
    lines = page.select(".facts .permissions li")
    return {words(code): "tone-good" in line.classes for line in lines for code in line.select("code")}


def test_a_permission_that_hubspot_refuses_a_delivery_is_named_and_not_ticked(
    connected_team: ConnectedTeam,
) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        session.query(Connection).one().scopes = list(SCOPES)
    connected_team.owner.press(connected_team.editor)
    connected_team.fault(action="status", status=403, method="POST", path="/crm/objects/2026-09/contacts")
    book(connected_team, company="Acme", name="Sato Mika", email="mika@acme.co.jp")
    page = connected_team.owner.open(PAGE)
    shown = words(page)
    assert "HubSync lacks a permission in HubSpot: crm.objects.contacts.write." in shown
    assert "Give the app this permission in HubSpot" in shown
    assert "crm.objects.contacts.write refused by HubSpot" in shown
    assert ticks(page) == {scope: scope != "crm.objects.contacts.write" for scope in SCOPES}
    assert page.select_one(".state-line.tone-care") is not None
    [banner] = connected_team.owner.open("/teams/acme/calendars").select(".team-banner")
    assert "HubSync lacks a permission in HubSpot: crm.objects.contacts.write." in words(banner)


def test_a_permission_that_no_call_tells_is_said_not_to_be_known(app: Flask, owner: Browser) -> None:
    come_back(owner)
    set_trouble(app, "write associations")
    page = owner.open(PAGE)
    shown = words(page)
    assert "a permission is missing there" in shown
    assert "Which one is not known. Compare the app's permissions in HubSpot with the list below" in shown
    assert "this permission" not in shown
    assert all(ticks(page).values())


def test_a_permission_refused_to_a_service_key_is_named(
    app: Flask, owner: Browser, sandbox: SandboxServer
) -> None:
    enter_key(owner, make_key(sandbox))
    set_trouble(app, "write companies")
    page = owner.open(PAGE)
    assert "HubSync lacks a permission in HubSpot: crm.objects.companies.write." in words(page)
    assert "Give the service key this permission in HubSpot" in words(page)
    assert ticks(page)["crm.objects.companies.write"] is False
    set_trouble(app, "")
    assert "Which one is not known. Compare what the service key may do" in words(owner.open(PAGE))


def test_a_wrong_client_secret_names_the_settings_and_is_no_loss(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    registered = sandbox.state.apps.get(sandbox.settings.client_id)
    assert registered is not None
    registered.client_secret = "another"
    shown = words(check(owner))
    assert "HubSpot refuses the app settings of this installation. The connection itself stands." in shown
    assert "HUBSYNC_HUBSPOT_CLIENT_ID and HUBSYNC_HUBSPOT_CLIENT_SECRET" in shown
    assert "was lost" not in shown
    connection = kept(app, team)
    assert connection is not None
    assert connection.state == "connected"


def test_hubspot_down_is_said_and_is_no_loss(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    fault(sandbox, action="status", status=503, times=None)
    shown = words(check(owner))
    assert "HubSpot could not be reached at the last check. The connection stands." in shown
    assert "Nothing to do: HubSync tries again by itself." in shown
    assert "was lost" not in shown
    clear_faults(sandbox)
    assert "could not be reached" not in words(check(owner))
