"""Disconnect: the tokens are gone here whatever happens, and nothing under way takes that for a loss."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests

from hubsync.domain.audit import AuditAction
from hubsync.services import now
from hubsync.services.connection.activation import AuthorizedAccount, activate
from hubsync.services.connection.disconnection import disconnect
from hubsync.services.teams.audit import read_trail
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from tests.kit import rows


def connect(acme: Any) -> dict[str, Any]:
    """Connect the team by OAuth, as the callback does; its tokens."""
    tokens: dict[str, Any] = acme.grant()
    with write_transaction() as session:
        person_id = session.query(Person.id).scalar()
        authorized = AuthorizedAccount(
            method="oauth",
            account_id="1234567",
            account_name="acme.example.com",
            ui_domain="",
            time_zone="",
            scopes=tuple(tokens["scopes"]),
            at=now(),
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
            access_expires_at=now() + timedelta(seconds=tokens["expires_in"]),
        )
        activate(session, acme.team_id, person_id, authorized)
    return tokens


def connection() -> Connection:
    found = db.session.query(Connection).populate_existing().one()
    end_read()
    return found


def actions(acme: Any) -> list[str]:
    found = [each.action for each in read_trail(acme.team_id, 50)]
    end_read()
    return found


def live_tokens(acme: Any) -> list[str]:
    return [each.token for each in acme.sandbox.state.refresh_tokens if not each.revoked]


def test_a_booking_under_way_waits_and_nothing_is_taken_for_a_loss(acme: Any) -> None:
    connect(acme)
    acme.fault(action="delay", hold=True, method="POST", path="/companies/search", times=1)

    def book() -> int:
        with acme.app.app_context():
            return int(acme.book("Mika Sato", "mika@acme.co.jp", "Acme").id)

    with ThreadPoolExecutor(1) as worker:
        booking = worker.submit(book)
        assert acme.sandbox.state.faults.wait_until_held()
        assert disconnect(acme.team_id, by=None)
        acme.sandbox.state.faults.release()
        delivery_id = booking.result()
    delivery = db.session.get_one(Delivery, delivery_id, populate_existing=True)
    assert (delivery.state, delivery.reason) == ("waiting", "not_connected")
    end_read()
    assert AuditAction.ACCESS_LOST not in actions(acme)
    found = connection()
    assert (found.state, found.lost_code, found.access_sealed) == ("disconnected", "", "")


def test_the_tokens_are_gone_before_hubspot_is_told(acme: Any) -> None:
    """So a process that is killed while HubSpot answers leaves none behind."""
    connect(acme)
    acme.fault(action="delay", hold=True, path="external-install", times=1)
    leaving = threading.Thread(target=lambda: _disconnect_in(acme))
    leaving.start()
    assert acme.sandbox.state.faults.wait_until_held()
    found = connection()
    acme.sandbox.state.faults.release()
    leaving.join()
    assert (found.state, found.access_sealed, found.refresh_sealed) == ("disconnected", "", "")


def _disconnect_in(acme: Any) -> None:
    with acme.app.app_context():
        disconnect(acme.team_id)


def test_several_presses_at_once_disconnect_once(acme: Any) -> None:
    connect(acme)
    start = threading.Barrier(4)

    def press(_: int) -> None:
        with acme.app.app_context():
            start.wait()
            disconnect(acme.team_id)

    def all_of_them() -> None:
        with ThreadPoolExecutor(4) as people:
            list(people.map(press, range(4)))

    calls = acme.calls_of(all_of_them)
    assert calls.count("DELETE /appinstalls/2026-09/external-install") == 1
    assert actions(acme).count("disconnected") == 1


def test_the_trail_names_who_disconnected_and_nobody_for_hubsync_itself(acme: Any) -> None:
    connect(acme)
    person_id = db.session.query(Person.id).scalar()
    end_read()
    disconnect(acme.team_id, by=person_id)
    connect(acme)
    disconnect(acme.team_id)
    found = [each for each in read_trail(acme.team_id, 10) if each.action == "disconnected"]
    assert [each.person_shown for each in found] == ["", "Mika Sato"]
    assert found[0].details == {"account": "1234567", "method": "oauth"}


def test_an_access_token_that_is_over_is_renewed_to_uninstall(acme: Any) -> None:
    connect(acme)
    acme.settings(rotate_refresh_tokens=True)
    with write_transaction() as session:
        session.query(Connection).one().access_expires_at = now() - timedelta(minutes=1)
    calls = acme.calls_of(lambda: disconnect(acme.team_id))
    assert calls == [
        "POST /oauth/2026-09/token",
        "DELETE /appinstalls/2026-09/external-install",
        "POST /oauth/2026-09/token/revoke",
    ]
    assert live_tokens(acme) == []


def test_a_refresh_token_rotated_while_uninstalling_fails_is_the_one_revoked(acme: Any) -> None:
    connect(acme)
    acme.settings(rotate_refresh_tokens=True)
    with write_transaction() as session:
        session.query(Connection).one().access_expires_at = now() - timedelta(minutes=1)
    acme.fault(action="status", status=503, path="external-install", times=None)
    assert not disconnect(acme.team_id)
    assert live_tokens(acme) == []


def test_an_access_token_that_hubspot_refuses_is_renewed_once(acme: Any) -> None:
    tokens = connect(acme)
    kept = acme.sandbox.state.access_tokens.get(tokens["access_token"])
    kept.revoked = True
    assert disconnect(acme.team_id)
    assert live_tokens(acme) == []


@pytest.mark.parametrize("state", ["lost", "disconnected"])
def test_an_account_that_another_team_had_before_is_left_like_any(acme: Any, state: str) -> None:
    connect(acme)
    _second_team(state)
    assert disconnect(acme.team_id)


def test_an_account_that_another_team_is_connected_to_is_left_alone(acme: Any) -> None:
    connect(acme)
    _second_team("connected")
    assert acme.calls_of(lambda: disconnect(acme.team_id)) == []
    assert db.session.query(Connection).filter_by(team_id=acme.team_id).one().access_sealed == ""


def _second_team(state: str) -> None:
    with write_transaction() as session:
        team = rows.add_team(session, "second")
        rows.add_connection(session, team.id, state=state)


def test_tokens_that_no_key_opens_are_forgotten_all_the_same(acme: Any) -> None:
    connect(acme)
    with write_transaction() as session:
        found = session.query(Connection).one()
        found.access_sealed = found.refresh_sealed = "gAAAA-of-another-key"
    assert not disconnect(acme.team_id)
    assert (connection().state, connection().access_sealed) == ("disconnected", "")


def test_an_app_uninstalled_at_hubspot_is_forgotten_here(acme: Any) -> None:
    connect(acme)
    requests.post(f"{acme.sandbox.url}/sandbox/api/uninstall", json={}, timeout=60).raise_for_status()
    disconnect(acme.team_id)
    assert connection().state == "disconnected"
