"""Every way in which a connection can end, or seem to: what page, banner and log say, and what to press.

Over real sockets: an owner's browser, HubSync, the HubSpot sandbox and its mailbox.
"""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import requests
import time_machine

from hubsync.services import now
from hubsync.store import db
from hubsync.store.connections import ParkedConnection
from tests.journeys.owner import Owner
from tests.journeys.test_main_way import book
from tests.kit.installation import Installation
from tests.kit.tab import Tab

MIKA = ("Sato Mika", "mika@acme.co.jp", "Acme")
REI = ("Kato Rei", "rei@globex.co.jp", "Globex")
FOREVER = {"times": 1000}


@pytest.fixture
def owner(installation: Installation, browser: Tab) -> Owner:
    return Owner(installation, browser)


@pytest.fixture
def guests(owner: Owner) -> str:
    """The booking page of a mapped calendar, while the team is connected."""
    owner.connect()
    return owner.make_calendar()


def kept_back(owner: Owner, words: str) -> None:
    """A booking came and waits; page, banner and log say *words* and what to press."""
    assert words in owner.page()
    assert any("Connect" in button.get_text() for button in owner.browser.page.select("button"))
    assert words in owner.banner()
    assert "1 booking waits to be posted." in owner.banner()
    delivery = owner.latest_delivery()
    assert "waiting" in delivery
    assert "Connect" in delivery


def posted_later(owner: Owner) -> None:
    """After Connect the mapping works as before, and the booking that waited is posted, once."""
    owner.connect()
    assert "Connected to" in owner.page()
    assert "1 booking needs a person" in owner.banner()
    assert "posted" in owner.retry()
    assert owner.banner() == ""
    assert owner.names() == ["Acme"]
    assert len(owner.installation.records("contacts")) == 1


@pytest.mark.slow
def test_disconnect_leaves_hubspot_and_keeps_mappings_and_bookings(owner: Owner, guests: str) -> None:
    owner.page()
    owner.browser.follow("Disconnect").press("Disconnect")
    assert "uninstalled there" in owner.browser.text
    assert "Not connected" in owner.page()
    connection = owner.connection()
    assert (connection.state, connection.access_sealed, connection.refresh_sealed) == ("disconnected", "", "")
    assert list(owner.installation.sandbox.state.installs.values()) == []
    book(owner.browser, guests, *MIKA)
    assert "waiting" in owner.latest_delivery()
    posted_later(owner)


@pytest.mark.slow
def test_disconnect_works_while_hubspot_is_down(owner: Owner, guests: str) -> None:
    owner.control("faults", action="status", status=503, **FOREVER)
    owner.page()
    owner.browser.follow("Disconnect").press("Disconnect")
    assert "HubSpot itself could not be told" in owner.browser.text
    assert owner.connection().access_sealed == ""


@pytest.mark.slow
def test_uninstalled_at_hubspot_is_noticed_at_the_next_booking(
    owner: Owner, guests: str, caplog: pytest.LogCaptureFixture
) -> None:
    owner.control("uninstall")
    caplog.set_level(logging.WARNING)
    book(owner.browser, guests, *MIKA)
    kept_back(owner, "HubSpot no longer accepts HubSync: it was uninstalled there")
    (told,) = [each.getMessage() for each in caplog.records if "Connect" in each.getMessage()]
    assert "acme" in told
    assert "HubSpot" in told
    posted_later(owner)


@pytest.mark.slow
def test_a_revoked_refresh_token_is_noticed_by_the_daily_check_without_any_booking(
    owner: Owner, guests: str
) -> None:
    owner.control("revoke-tokens")
    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        told = owner.due()
        assert any("somebody has to press Connect" in each for each in told), told
        owner.sign_in_again()
        assert "its permission was taken back" in owner.page()
        assert "its permission was taken back" in owner.banner()
        book(owner.browser, guests, *MIKA)
        kept_back(owner, "HubSpot no longer accepts HubSync")
        posted_later(owner)


@pytest.mark.slow
def test_a_service_key_that_was_deleted_is_access_lost(owner: Owner, guests: str) -> None:
    owner.page()
    owner.browser.follow("Disconnect").press("Disconnect")
    made = requests.post(f"{owner.installation.sandbox.url}/sandbox/api/service-keys", json={}, timeout=60).json()
    owner.browser.open(f"{owner.hubspot}").follow("service key")
    owner.browser.press("Check and connect", key=made["token"])
    assert "with a service key" in owner.page()
    assert made["token"] not in str(owner.browser.page)
    with owner.installation.sandbox.state.lock:
        owner.installation.sandbox.state.service_keys.remove(made["token"])
    book(owner.browser, guests, *MIKA)
    kept_back(owner, "HubSpot no longer accepts the service key")
    posted_later(owner)


@pytest.mark.slow
def test_after_180_days_without_a_post_access_has_expired_and_only_connect_ends_it(
    owner: Owner, guests: str
) -> None:
    began = now()
    with time_machine.travel(began + timedelta(days=167)):
        told = owner.due()
        assert any("is mailed that its access" in each for each in told), told
        assert not any("mailed" in each for each in owner.due()), "once"
        mails = requests.get(f"{owner.installation.sandbox.url}/sandbox/api/mails", timeout=60).json()["results"]
        assert any("owner@acme.example" in str(mail) for mail in mails)
    with time_machine.travel(began + timedelta(days=181)):
        owner.sign_in_again()
        assert "Nothing was posted for 180 days, so access to HubSpot has expired." in owner.page()
        owner.calls()
        book(owner.browser, guests, *MIKA)
        assert owner.calls() == [], "the post makes no call"
        kept_back(owner, "Nothing was posted for 180 days")
        owner.due()
        assert owner.connection().state == "lost"
        posted_later(owner)


@pytest.mark.slow
def test_a_wrong_client_secret_names_the_setting_and_never_loses_the_connection(
    owner: Owner, guests: str, caplog: pytest.LogCaptureFixture
) -> None:
    state = owner.installation.sandbox.state
    registered = state.apps.get(owner.installation.sandbox.settings.client_id)
    assert registered is not None
    right = registered.client_secret
    with state.lock:
        registered.client_secret = "another-secret"
    began = now()
    with time_machine.travel(began + timedelta(hours=1)):  # the access token has to be refreshed
        book(owner.browser, guests, *MIKA)
        assert "HUBSYNC_HUBSPOT_CLIENT_SECRET" in owner.page()
        assert "Connected to" in owner.browser.text
        assert "HubSpot refuses the app settings of this installation" in owner.banner()
        assert owner.connection().state == "connected"
        assert "trying again" in owner.latest_delivery()
    with state.lock:
        registered.client_secret = right
    with time_machine.travel(began + timedelta(hours=2)):
        assert "posted" in owner.retry()
        assert owner.banner() == ""
    assert "Set HUBSYNC_HUBSPOT_CLIENT_ID and HUBSYNC_HUBSPOT_CLIENT_SECRET" in caplog.text
    assert right not in caplog.text


@pytest.mark.slow
def test_hubspot_being_down_never_loses_the_connection(owner: Owner, guests: str) -> None:
    owner.control("faults", action="status", status=503, **FOREVER)
    began = now()
    for hours in (1, 25, 49, 73, 97):
        with time_machine.travel(began + timedelta(hours=hours)):
            owner.due()
            assert owner.connection().state == "connected"
    with time_machine.travel(began + timedelta(hours=98)):
        owner.sign_in_again()
        book(owner.browser, guests, *MIKA)
        assert "HubSpot could not be reached at the last check. The connection stands." in owner.page()
        assert owner.banner() == "", "nobody has to do anything"
        assert "trying again" in owner.latest_delivery()
        requests.delete(f"{owner.installation.sandbox.url}/sandbox/api/faults", timeout=60).raise_for_status()
    with time_machine.travel(began + timedelta(hours=99)):
        assert any("posted" in each for each in owner.due())
    assert owner.names() == ["Acme"]


@pytest.mark.slow
def test_a_missing_permission_is_said_and_is_no_lost_access(owner: Owner, guests: str) -> None:
    owner.control("faults", action="status", status=403, method="POST", path="contacts")
    book(owner.browser, guests, *MIKA)
    assert owner.connection().state == "connected"
    assert "permission" in owner.banner()
    assert "permission" in owner.page()


@pytest.mark.slow
def test_another_account_is_asked_about_and_declining_keeps_the_former(owner: Owner, guests: str) -> None:
    book(owner.browser, guests, *MIKA)
    owner.connect("7654321")
    assert "7654321" in owner.browser.text
    assert owner.connection().hubspot_account_id == "1234567", "nothing has changed yet"
    owner.browser.press("Keep")
    assert owner.connection().hubspot_account_id == "1234567"
    with owner.installation.app.app_context():
        assert db.session.query(ParkedConnection).count() == 0
    book(owner.browser, guests, *REI)
    assert owner.names() == ["Acme", "Globex"]


@pytest.mark.slow
def test_another_account_is_used_after_it_was_agreed_to(owner: Owner, guests: str) -> None:
    book(owner.browser, guests, *MIKA)
    owner.control("uninstall")
    book(owner.browser, guests, *REI)
    owner.connect("7654321")
    assert "1 booking" in owner.browser.text, "what waits is not sent to another account unasked"
    owner.browser.press("Use this account")
    assert owner.connection().hubspot_account_id == "7654321"
    assert "waiting" in owner.latest_delivery()
    assert owner.names() == ["Acme"]
