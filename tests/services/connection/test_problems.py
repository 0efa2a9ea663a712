"""What troubles access without ending it, and what a service key's 401 proves."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from hubsync.errors import AccessLost, AppMisconfigured, HubSpotBusy, HubSpotError, PermissionMissing
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import with_access
from tests.kit.clock import later
from tests.kit.connections import change, expire_token, give_app_another_secret, read_account, stored, trouble

NONE = ("", "", False)


def state() -> tuple[str, str]:
    connection = stored()
    return connection.state, connection.refresh_owner


def test_a_wrong_client_secret_does_not_lose_the_connection(
    oauth_acme: Any, caplog: pytest.LogCaptureFixture
) -> None:
    expire_token(oauth_acme)
    give_app_another_secret(oauth_acme)
    for after in (0, 5, 40):
        with later(seconds=after), pytest.raises(AppMisconfigured):
            read_account(oauth_acme)
    assert state() == ("connected", "")
    assert trouble() == ("app_misconfigured", "", True)
    (told,) = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert told.startswith("Team acme: HubSpot refuses this installation's app. Set HUBSYNC_HUBSPOT_CLIENT_ID")
    assert told.endswith("/teams/acme/settings/integrations/hubspot")
    give_app_another_secret(oauth_acme, oauth_acme.sandbox.settings.client_secret)
    with later(seconds=90):
        assert read_account(oauth_acme) is not None
    assert trouble() == NONE


def test_hubspot_being_down_does_not_hide_a_wrong_client_secret(oauth_acme: Any) -> None:
    expire_token(oauth_acme)
    change(trouble_code="app_misconfigured", trouble_at=now())
    oauth_acme.fault(action="status", status=503, path="/token", times=1)
    with pytest.raises(HubSpotError):
        read_account(oauth_acme)
    assert trouble() == ("app_misconfigured", "", True)


def test_a_missing_permission_shows_until_the_same_kind_of_call_succeeds(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=403, path="/contacts", method="POST", times=1)
    deadline = Deadline.after(8)

    def create(email: str) -> str:
        return with_access(
            oauth_acme.team_id, deadline, lambda client: client.create_contact({"email": email}, deadline, None)
        )

    with pytest.raises(PermissionMissing):
        create("mika@acme.co.jp")
    assert state() == ("connected", "")
    assert trouble() == ("permission_missing", "write contacts", True)
    since = stored().trouble_at
    read_account(oauth_acme)
    expire_token(oauth_acme)
    read_account(oauth_acme)  # neither another kind of call nor a refresh proves it over
    assert (stored().trouble_code, stored().trouble_at) == ("permission_missing", since)
    create("mika@acme.co.jp")
    assert trouble() == NONE


def test_a_permission_that_was_missing_before_connect_says_nothing_about_the_new_connection(
    oauth_acme: Any,
) -> None:
    oauth_acme.fault(action="status", status=403, path="/account-info", times=1, delay=0.5)

    def connect() -> None:
        with oauth_acme.app.app_context():
            change(connected_at=now())

    timer = threading.Timer(0.2, connect)
    timer.start()
    with pytest.raises(PermissionMissing):
        read_account(oauth_acme)
    timer.join()
    assert trouble() == NONE


def test_a_service_key_that_hubspot_does_not_know_any_more_is_the_end_of_the_connection(acme: Any) -> None:
    acme.fault(action="status", status=401, times=2)

    def ask() -> None:
        with pytest.raises(AccessLost):
            read_account(acme)

    calls = acme.calls_of(ask)
    assert [call.split("/")[1] for call in calls] == ["account-info", "crm"]
    assert state() == ("lost", "")
    assert stored().lost_code == "access_lost"


def test_a_service_key_survives_a_single_401(acme: Any) -> None:
    acme.fault(action="status", status=401, path="/account-info", times=1)
    assert read_account(acme) is not None
    assert state() == ("connected", "")


def test_a_service_key_that_hubspot_honours_elsewhere_is_not_lost(acme: Any) -> None:
    acme.fault(action="status", status=401, path="/account-info", times=2)
    with pytest.raises(HubSpotBusy):
        read_account(acme)
    assert state() == ("connected", "")


def test_a_service_key_is_not_lost_while_hubspot_cannot_say_whether_it_honours_it(acme: Any) -> None:
    acme.fault(action="status", status=401, path="/account-info", times=1)
    acme.fault(action="status", status=503, path="/properties", times=1)
    with pytest.raises(HubSpotBusy):
        read_account(acme)
    assert state() == ("connected", "")
