"""What the HubSpot page says of a connection: that it stands, what troubles it, that it was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
import time_machine
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.services.signin import links
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import Element, read_page, words
from tests.web.connection.account_switch_question import let_wait, map_property
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    PAGE,
    come_back,
    enter_key,
    forget_calls,
    hubspot_calls,
    kept,
    make_key,
)


def check(visitor: Browser) -> Element:
    """Press Check now; the page that follows."""
    assert visitor.post(f"{PAGE}/check", page=PAGE).headers["Location"] == PAGE
    return visitor.open(PAGE)


def buttons(page: Element) -> list[str]:
    """The filled buttons: at most one is the next thing to press."""
    return [" ".join(each.get_text(" ").split()) for each in page.select("main .btn-primary")]


def test_a_connection_that_stands_is_told_in_full(owner: Browser, sandbox: SandboxServer) -> None:
    come_back(owner)
    page = owner.open(PAGE)
    shown = words(page)
    assert "Connected to acme.example.com (account 1234567)" in shown
    assert "by owner@acme.example" in shown
    assert "with Connect" in shown
    assert "Last post none yet" in shown
    assert "Stays connected while something is posted every 180 days: 179 days left" in shown
    assert "crm.objects.contacts.write" in shown
    assert "Missing:" not in shown
    assert page.select_one(f"a[href='{sandbox.url}/contacts/{ACME_ACCOUNT}/objects/0-1']") is not None
    assert requests.get(f"{sandbox.url}/contacts/{ACME_ACCOUNT}/objects/0-1", timeout=60).ok
    assert "Find HubSync in the list and choose Actions > Uninstall" in shown
    assert page.select_one(f"main a[href='{PAGE}/app']") is not None
    assert buttons(page) == []


def test_the_link_into_hubspot_is_on_the_host_of_the_region(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    with app.app_context(), write_transaction() as session:
        session.query(Connection).one().ui_domain = "app-eu1.hubspot.com"
    hrefs = [str(link["href"]) for link in owner.open(PAGE).select("main a[rel=noreferrer]")]
    assert hrefs
    assert all(each.startswith("http://app-eu1.hubspot.com/") for each in hrefs), hrefs


@pytest.mark.parametrize(
    ("days", "left"), [(0, "179 days left"), (178.5, "1 day left"), (179.5, "less than a day left")]
)
def test_the_days_until_expiry_count_down(owner: Browser, days: float, left: str) -> None:
    come_back(owner)
    with time_machine.travel(now() + timedelta(days=days), tick=True):
        owner.sign_in() if days else None
        assert f"every 180 days: {left}" in words(owner.open(PAGE))


def test_a_post_puts_the_expiry_off(app: Flask, owner: Browser) -> None:
    come_back(owner)
    with time_machine.travel(now() + timedelta(days=100), tick=True):
        owner.sign_in()
        with app.app_context(), write_transaction() as session:
            session.query(Connection).one().last_posted_at = now()
        shown = words(owner.open(PAGE))
        assert "179 days left" in shown
        assert "Last post none yet" not in shown


class TestWithoutExpiry:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"IDLE_EXPIRY_DAYS": "0"}

    def test_a_connection_never_expires(self, owner: Browser) -> None:
        come_back(owner)
        assert "Stays connected until somebody disconnects it" in words(owner.open(PAGE))


def test_check_now_asks_hubspot_and_says_what_it_answered(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    forget_calls(sandbox)
    with time_machine.travel(now() + timedelta(minutes=7), tick=True):
        shown = words(check(owner))
        connection = kept(app, team)
        assert connection is not None
        assert connection.checked_at is not None
        assert now() - connection.checked_at < timedelta(minutes=1)
    assert "Checked just now: HubSpot accepts the connection." in shown
    assert "POST /oauth/2026-09/token/introspect" in hubspot_calls(sandbox)


def test_check_now_of_a_team_that_is_not_connected_says_so(owner: Browser) -> None:
    assert "This team is not connected to HubSpot" in words(check(owner))


def test_bookings_that_still_wait_after_connect_are_led_to(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    assert "missed" not in words(owner.open(PAGE))
    let_wait(app, team, map_property(app, team, "lastname", "Last Name"), 2)
    page = owner.open(PAGE)
    assert "2 bookings were missed and wait to be posted." in words(page)
    assert "Post all 2 missed bookings" in words(page)
    assert page.select_one(".notice a")["href"] == "/teams/acme/deliveries?state=waiting"


def test_the_last_30_days_are_counted_with_links_into_the_log(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    let_wait(app, team, map_property(app, team, "lastname", "Last Name"), 7)
    states = ("posted", "posted", "duplicate", "partial", "failed", "waiting")
    with app.app_context(), write_transaction() as session:
        for delivery, state in zip(
            session.query(Delivery).order_by(Delivery.id), (*states, "posted"), strict=True
        ):
            delivery.state = state
        delivery.created_at = now() - timedelta(days=31)
        session.flush()
        transitions.recount(session)
    page = owner.open(PAGE)
    counts = {str(link["href"]).rsplit("=", 1)[-1]: words(link) for link in page.select(".counts a")}
    assert counts == {
        "posted": "2 posted",
        "duplicate": "1 duplicate",
        "partial": "1 partly posted",
        "waiting": "1 waiting",
        "failed": "1 failed",
    }
    for link in page.select(".counts a"):
        assert owner.get(str(link["href"])).status_code == 200
    days = page.select("svg.chart-bars g")
    assert len(days) == 30
    assert [day for day in days if not day.select(".part-none")] == days[-1:]


class TestWithoutAClientId:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"HUBSPOT_CLIENT_ID": "", "HUBSPOT_CLIENT_SECRET": ""}

    def test_the_page_leads_to_the_app_and_to_a_service_key(self, owner: Browser) -> None:
        page = owner.open(PAGE)
        assert buttons(page) == ["Make the HubSpot app"]
        assert page.select_one(f"a[href='{PAGE}/app']") is not None
        assert page.select_one(f"a[href='{PAGE}/service-key']") is not None

    def test_a_lost_service_key_can_be_replaced(self, owner: Browser, sandbox: SandboxServer) -> None:
        key = make_key(sandbox)
        enter_key(owner, key)
        sandbox.state.service_keys.remove(key)
        page = check(owner)
        assert buttons(page) == ["Enter another service key"]
        assert page.select_one(f"form[action='{PAGE}/connect']") is None


class TestUnderAnAddressThatHubSpotRefuses:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"BASE_URL": "http://hubsync.acme.example", "ALLOW_HTTP": "on"}

    def test_the_page_says_so_and_offers_a_service_key(self, app: Flask, team: Team) -> None:
        there = "http://hubsync.acme.example"
        client = app.test_client()
        with app.app_context():
            token = links.redeem(links.make_link("owner@acme.example").rsplit("/", 1)[-1])
        with client.session_transaction(base_url=there) as session:
            session["signed_in"] = token
        page = read_page(client.get(PAGE, base_url=there).text)
        shown = words(page)
        assert "HubSpot does not send people back to this address." in shown
        assert there in shown
        assert page.select_one("form[action$='/connect']") is None
        assert buttons(page) == ["Use a service key instead"]
