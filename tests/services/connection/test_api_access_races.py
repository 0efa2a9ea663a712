"""Access while somebody presses Connect or Disconnect, or a key is missing: nothing of theirs is undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from hubsync.domain.audit import AuditAction
from hubsync.errors import HubSpotUnreachable, IdleExpired, NotConnected, SecretUnreadable
from hubsync.services import now
from hubsync.services.connection.access_loss import lose_access
from hubsync.services.teams import audit
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from hubsync.store.sealed import Vault
from tests.kit.connections import change, read_account, refresh_token, store, stored
from tests.kit.held_calls import while_held
from tests.kit.waiting import wait_until


def token_calls(acme: Any) -> list[Any]:
    """The calls for tokens that HubSpot has answered."""
    return [call for call in acme.sandbox.state.calls.all() if call.path.endswith("/token") and call.status]


def due_for_refresh(acme: Any) -> None:
    change(access_expires_at=now())


def state() -> tuple[str, str]:
    connection = stored()
    return connection.state, connection.refresh_owner


def test_a_refresh_that_fails_while_somebody_connects_does_not_lose_the_new_connection(acme: Any) -> None:
    first, second = acme.grant(), acme.grant()
    store(acme, {**first, "refresh_token": "na1-unknown"})
    due_for_refresh(acme)
    acme.fault(action="delay", hold=True, path="/token", times=1)
    connecting = while_held(acme, lambda: store(acme, second))
    assert read_account(acme) is not None
    connecting.join()
    assert state() == ("connected", "")
    assert acme.token() == second["access_token"]


def test_a_second_401_while_somebody_connects_does_not_lose_the_new_connection(acme: Any) -> None:
    store(acme, acme.grant())
    second = acme.grant()
    acme.fault(action="status", status=401, path="/account-info", times=1)
    acme.fault(action="status", status=401, path="/account-info", times=1, hold=True)
    connecting = while_held(acme, lambda: store(acme, second))
    with pytest.raises(HubSpotUnreachable):
        read_account(acme)
    connecting.join()
    assert state() == ("connected", "")


def test_a_token_that_was_refreshed_while_somebody_disconnected_is_not_used(acme: Any) -> None:
    store(acme, acme.grant())
    due_for_refresh(acme)

    def disconnect() -> None:
        with write_transaction() as session:
            session.query(Connection).update(
                {
                    "state": "disconnected",
                    "access_sealed": "",
                    "refresh_sealed": "",
                    "refresh_owner": "",
                    "refresh_until": None,
                }
            )

    acme.fault(action="delay", hold=True, path="/token", times=1)
    disconnecting = while_held(acme, disconnect)

    def ask() -> None:
        with pytest.raises(NotConnected):
            read_account(acme)

    calls = acme.calls_of(ask)
    disconnecting.join()
    assert [call for call in calls if "account-info" in call] == []
    assert (stored().access_sealed, stored().refresh_sealed) == ("", "")  # forgotten is forgotten


def test_a_refresh_token_that_no_key_opens_leaves_the_lease_free(acme: Any) -> None:
    store(acme, acme.grant())
    due_for_refresh(acme)
    with write_transaction() as session:
        session.query(Connection).one().refresh_sealed = Vault([Fernet.generate_key().decode()]).seal("x", "y")
    with pytest.raises(SecretUnreadable):
        read_account(acme)
    assert state() == ("connected", "")


def test_a_rotated_refresh_token_is_the_one_that_refreshes_next(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    for _ in range(3):
        due_for_refresh(oauth_acme)
        assert read_account(oauth_acme) is not None
    assert state() == ("connected", "")


def test_a_worker_whose_lease_ended_while_it_was_away_keeps_the_rotated_token(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    before = refresh_token(oauth_acme)
    due_for_refresh(oauth_acme)
    oauth_acme.fault(action="delay", hold=True, path="/token", times=1)
    away = while_held(oauth_acme, lambda: change(refresh_owner="another", refresh_until=now()))
    assert read_account(oauth_acme) is not None
    away.join()
    assert refresh_token(oauth_acme) != before
    assert stored().refresh_owner == "another"  # whose lease is its own affair
    due_for_refresh(oauth_acme)
    assert read_account(oauth_acme) is not None


def test_a_worker_that_comes_back_undoes_the_loss_that_its_spent_token_seemed_to_be(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    due_for_refresh(oauth_acme)
    oauth_acme.fault(action="delay", hold=True, path="/token", times=1)

    def find_it_dead() -> None:
        assert lose_access(oauth_acme.team_id, lambda row: True)

    away = while_held(oauth_acme, find_it_dead)
    assert read_account(oauth_acme) is not None
    away.join()
    assert state() == ("connected", "")
    assert stored().lost_at is None
    trail = [entry.action for entry in audit.read_trail(oauth_acme.team_id, 10)]
    assert trail == [AuditAction.ACCESS_REGAINED, AuditAction.ACCESS_LOST]  # newest first


def test_what_idle_expiry_ended_does_not_come_back_with_a_late_answer(oauth_acme: Any) -> None:
    due_for_refresh(oauth_acme)
    oauth_acme.fault(action="delay", hold=True, path="/token", times=1)
    away = while_held(oauth_acme, lambda: change(state="lost", lost_code="idle_expired"))
    with pytest.raises(IdleExpired):
        read_account(oauth_acme)
    away.join()
    assert state() == ("lost", "")


def test_a_late_answer_does_not_replace_the_tokens_of_a_new_connect(oauth_acme: Any) -> None:
    """HubSpot may hand out the same refresh token again, so that alone does not tell the two apart."""
    due_for_refresh(oauth_acme)
    second = {**oauth_acme.grant(), "refresh_token": refresh_token(oauth_acme)}
    oauth_acme.fault(action="delay", hold=True, path="/token", times=1)
    connecting = while_held(oauth_acme, lambda: store(oauth_acme, second))
    assert read_account(oauth_acme) is not None
    connecting.join()
    assert oauth_acme.token() == second["access_token"]


def test_two_workers_whose_clocks_differ_do_not_lose_the_connection(oauth_acme: Any) -> None:
    """The second one takes the first one's lease for ended, and its refresh token is spent already."""
    oauth_acme.settings(rotate_refresh_tokens=True)
    due_for_refresh(oauth_acme)
    # The first call has been dealt with when its answer is held back.
    oauth_acme.fault(action="delay", hold=True, when="after", path="/token", times=1)

    def read() -> Any:
        with oauth_acme.app.app_context():
            return read_account(oauth_acme)

    with ThreadPoolExecutor(2) as workers:
        first = workers.submit(read)
        assert oauth_acme.sandbox.state.faults.wait_until_held()
        assert stored().refresh_owner != ""
        change(refresh_until=now() - timedelta(seconds=1))
        asked = len(token_calls(oauth_acme))
        second = workers.submit(read)
        wait_until(lambda: len(token_calls(oauth_acme)) > asked)
        oauth_acme.sandbox.state.faults.release()
        assert None not in (first.result(), second.result())
    assert state() == ("connected", "")
    assert audit.read_trail(oauth_acme.team_id, 10) == []
