"""Live access: refreshed before it expires, by one worker, and never lost for a passing fault."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.errors import AccessLost, AppMisconfigured, HubSpotError, NotConnected
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.access import open_client, sealed_place, with_access
from hubsync.store import db, rest, writing
from hubsync.store.connections import Connection


@pytest.fixture
def oauth_acme(acme: Any) -> Any:
    """The team, connected by OAuth at the sandbox instead of by a static token."""
    tokens = acme.grant()
    with writing() as session:
        connection = session.query(Connection).one()
        connection.access_sealed = tools().vault.seal(
            sealed_place(acme.team_id, "access token"), tokens["access_token"]
        )
        connection.refresh_sealed = tools().vault.seal(
            sealed_place(acme.team_id, "refresh token"), tokens["refresh_token"]
        )
        connection.access_expires_at = now() + timedelta(seconds=tokens["expires_in"])
    return acme


def state() -> tuple[str, str]:
    connection = db.session.query(Connection).populate_existing().one()
    rest()
    return connection.state, connection.refresh_owner


def token_calls(acme: Any, action: Any) -> int:
    return sum("/token" in call for call in acme.calls_of(action))


def read_account(acme: Any, seconds: float = 8) -> Any:
    deadline = Deadline.after(seconds)
    return with_access(acme.team_id, deadline, lambda client: client.read_account(deadline))


def test_a_token_that_is_still_good_is_not_refreshed(oauth_acme: Any) -> None:
    assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 0


def test_a_token_is_refreshed_before_it_expires(oauth_acme: Any) -> None:
    with time_machine.travel(now() + timedelta(minutes=29), tick=True):
        assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 1
        assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 0


def test_eight_workers_refresh_once_even_when_the_refresh_token_rotates(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    with writing() as session:
        session.query(Connection).one().access_expires_at = now()
    found: list[Any] = []

    def work() -> None:
        with oauth_acme.app.app_context():
            found.append(read_account(oauth_acme))

    def all_at_once() -> None:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert token_calls(oauth_acme, all_at_once) == 1
    assert len(found) == 8
    assert state() == ("connected", "")


def test_a_401_is_answered_by_one_refresh_and_one_repeat(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=401, path="/account-info", times=1)
    calls = oauth_acme.calls_of(lambda: read_account(oauth_acme))
    assert [call.split("/")[1] for call in calls] == ["account-info", "oauth", "account-info"]


def test_a_second_401_is_the_end_of_the_connection(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=401, path="/account-info", times=2)
    with pytest.raises(AccessLost):
        read_account(oauth_acme)
    assert state() == ("lost", "")
    with pytest.raises(AccessLost):
        open_client(oauth_acme.team_id, Deadline.after(1))


def test_a_revoked_refresh_token_is_the_end_of_the_connection(oauth_acme: Any) -> None:
    with writing() as session:
        connection = session.query(Connection).one()
        connection.access_expires_at = now()
        connection.refresh_sealed = tools().vault.seal(
            sealed_place(oauth_acme.team_id, "refresh token"), "na1-unknown"
        )
    with pytest.raises(AccessLost):
        read_account(oauth_acme)
    assert state() == ("lost", "")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_refresh_that_fails_in_passing_does_not_lose_the_connection(oauth_acme: Any, status: int) -> None:
    with writing() as session:
        session.query(Connection).one().access_expires_at = now()
    oauth_acme.fault(action="status", status=status, path="/token", times=1)
    with pytest.raises(HubSpotError) as fault:
        read_account(oauth_acme)
    assert not fault.value.permanent
    assert state() == ("connected", "")
    assert read_account(oauth_acme) is not None


def test_a_team_that_never_connected_has_no_access(acme: Any) -> None:
    with writing() as session:
        session.query(Connection).delete()
    with pytest.raises(NotConnected):
        open_client(acme.team_id, Deadline.after(1))


def test_a_wrong_client_secret_does_not_lose_the_connection(oauth_acme: Any) -> None:
    with writing() as session:
        session.query(Connection).one().access_expires_at = now()
    registered = oauth_acme.sandbox.state.apps.get(oauth_acme.sandbox.settings.client_id)
    oauth_acme.sandbox.state.apps.put(replace(registered, client_secret="another"))
    with pytest.raises(AppMisconfigured):
        read_account(oauth_acme)
    assert state() == ("connected", "")


def test_a_static_token_that_hubspot_refuses_twice_is_the_end_of_the_connection(acme: Any) -> None:
    acme.fault(action="status", status=401, path="/account-info", times=2)
    with pytest.raises(AccessLost):
        read_account(acme)
    assert state() == ("lost", "")


def test_a_static_token_survives_a_single_401(acme: Any) -> None:
    acme.fault(action="status", status=401, path="/account-info", times=1)
    assert read_account(acme) is not None
    assert state() == ("connected", "")
