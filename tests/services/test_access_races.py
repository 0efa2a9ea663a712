"""Access while somebody presses Connect or Disconnect, or a key is missing: nothing of theirs is undone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from hubsync.errors import HubSpotUnreachable, NotConnected, SecretUnreadable
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.access import sealed_place, with_access
from hubsync.store import db, rest, writing
from hubsync.store.connections import Connection
from hubsync.store.sealed import Vault


def store(acme: Any, tokens: dict[str, Any]) -> None:
    """Keep *tokens* as Connect does."""
    with writing() as session:
        connection = session.query(Connection).one()
        for what, name in (("access token", "access_sealed"), ("refresh token", "refresh_sealed")):
            token = tokens[what.replace(" ", "_")]
            setattr(connection, name, tools().vault.seal(sealed_place(acme.team_id, what), token))
        connection.access_expires_at = now() + timedelta(seconds=tokens["expires_in"])
        connection.state, connection.refresh_owner, connection.refresh_until = "connected", "", None


def read_account(acme: Any) -> Any:
    deadline = Deadline.after(8)
    return with_access(acme.team_id, deadline, lambda client: client.read_account(deadline))


def at_half_a_second(acme: Any, act: Callable[[], None]) -> threading.Thread:
    def later() -> None:
        time.sleep(0.5)
        with acme.app.app_context():
            act()

    thread = threading.Thread(target=later)
    thread.start()
    return thread


def due_for_refresh(acme: Any) -> None:
    with writing() as session:
        session.query(Connection).one().access_expires_at = now()


def state() -> tuple[str, str]:
    connection = db.session.query(Connection).populate_existing().one()
    rest()
    return connection.state, connection.refresh_owner


def test_a_refresh_that_fails_while_somebody_connects_does_not_lose_the_new_connection(acme: Any) -> None:
    first, second = acme.grant(), acme.grant()
    store(acme, {**first, "refresh_token": "na1-unknown"})
    due_for_refresh(acme)
    acme.fault(action="delay", delay=1, path="/token", times=1)
    connecting = at_half_a_second(acme, lambda: store(acme, second))
    assert read_account(acme) is not None
    connecting.join()
    assert state() == ("connected", "")
    assert acme.token() == second["access_token"]


def test_a_second_401_while_somebody_connects_does_not_lose_the_new_connection(acme: Any) -> None:
    store(acme, acme.grant())
    second = acme.grant()
    acme.fault(action="status", status=401, path="/account-info", times=1)
    acme.fault(action="status", status=401, path="/account-info", times=1, delay=1)
    connecting = at_half_a_second(acme, lambda: store(acme, second))
    with pytest.raises(HubSpotUnreachable):
        read_account(acme)
    connecting.join()
    assert state() == ("connected", "")


def test_a_token_that_was_refreshed_while_somebody_disconnected_is_not_used(acme: Any) -> None:
    store(acme, acme.grant())
    due_for_refresh(acme)

    def disconnect() -> None:
        with writing() as session:
            session.query(Connection).update({"state": "disconnected", "refresh_owner": "", "refresh_until": None})

    acme.fault(action="delay", delay=1, path="/token", times=1)
    disconnecting = at_half_a_second(acme, disconnect)

    def ask() -> None:
        with pytest.raises(NotConnected):
            read_account(acme)

    calls = acme.calls_of(ask)
    disconnecting.join()
    assert [call for call in calls if "account-info" in call] == []


def test_a_refresh_token_that_no_key_opens_leaves_the_lease_free(acme: Any) -> None:
    store(acme, acme.grant())
    due_for_refresh(acme)
    with writing() as session:
        session.query(Connection).one().refresh_sealed = Vault([Fernet.generate_key().decode()]).seal("x", "y")
    with pytest.raises(SecretUnreadable):
        read_account(acme)
    assert state() == ("connected", "")


def test_a_rotated_refresh_token_is_the_one_that_refreshes_next(acme: Any) -> None:
    acme.settings(rotate_refresh_tokens=True)
    store(acme, acme.grant())
    for _ in range(3):
        due_for_refresh(acme)
        assert read_account(acme) is not None
    assert state() == ("connected", "")
