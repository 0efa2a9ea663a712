"""What is parked ends by itself: once, at HubSpot too, and never at the cost of what came after it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine

from hubspot_sandbox.grants import connect_app
from hubsync.errors import RoleTooLow
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now
from hubsync.services.connection import account_switch, oauth_flow
from hubsync.services.connection.activation import AuthorizedAccount
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection, ParkedConnection
from hubsync.store.leases import REVOCATION
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team

HARBOUR = 7654321
REDIRECT = "http://localhost:8000/integrations/hubspot/callback"


def code_for(acme: Any, account: int = HARBOUR) -> str:
    """What HubSpot sends back for somebody who agreed."""
    state = acme.sandbox.state
    app = state.apps.get(acme.sandbox.settings.client_id)
    return connect_app(state, app, state.accounts.get(account), "a@b.example", list(SCOPES), REDIRECT, None)


def authorize(acme: Any, account: int = HARBOUR) -> AuthorizedAccount:
    """Tokens of the account, as Connect gets them."""
    app = acme.sandbox.state.apps.get(acme.sandbox.settings.client_id)
    form = {
        "grant_type": "authorization_code",
        "code": code_for(acme, account),
        "redirect_uri": REDIRECT,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    tokens = requests.post(f"{acme.sandbox.url}/oauth/2026-09/token", data=form, timeout=60).json()
    return AuthorizedAccount(
        method="oauth",
        account_id=str(account),
        account_name="",
        ui_domain="",
        time_zone="",
        scopes=SCOPES,
        at=now(),
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        access_expires_at=now() + timedelta(minutes=30),
    )


def park(acme: Any, account: int = HARBOUR) -> str:
    """Park the account for the team; its refresh token."""
    person_id = db.session.query(Person.id).scalar()
    end_read()
    authorized = authorize(acme, account)
    assert account_switch.activate_or_park(acme.team_id, person_id, authorized).asks
    return authorized.refresh_token


def lose_the_role(acme: Any) -> int:
    """Somebody makes the only person a member; that person's id."""
    with write_transaction() as session:
        session.query(Membership).one().role = "member"
        return int(session.query(Person.id).scalar())


def test_who_lost_the_role_while_hubspot_was_asked_connects_nothing(acme: Any) -> None:
    person_id, issued = lose_the_role(acme), {each.token for each in acme.sandbox.state.refresh_tokens}
    with pytest.raises(RoleTooLow):
        oauth_flow.connect(acme.team_id, person_id, code_for(acme), "v" * 43)
    (given,) = {each.token for each in acme.sandbox.state.refresh_tokens} - issued
    assert not is_live(acme, given)
    assert count_parked() == 0


def test_who_lost_the_role_since_authorizing_the_other_account_cannot_use_it(acme: Any) -> None:
    token = park(acme)
    former = db.session.query(Connection).one().hubspot_account_id
    end_read()
    with pytest.raises(RoleTooLow):
        account_switch.use_parked(acme.team_id, lose_the_role(acme), str(HARBOUR), former)
    assert db.session.query(Connection).one().hubspot_account_id == former
    end_read()
    assert is_live(acme, token), "nothing has changed"


def test_who_connects_a_team_that_was_deleted_meanwhile_is_refused(acme: Any) -> None:
    person_id = db.session.query(Person.id).scalar()
    end_read()
    authorized = authorize(acme)
    with write_transaction() as session:
        session.delete(session.get_one(Team, acme.team_id))
    with pytest.raises(RoleTooLow):
        account_switch.activate_or_park(acme.team_id, person_id, authorized)


def is_live(acme: Any, refresh_token: str) -> bool:
    kept = acme.sandbox.state.refresh_tokens.get(refresh_token)
    return kept is not None and not kept.revoked


def revokes(acme: Any, action: Any) -> int:
    return acme.calls_of(action).count("POST /oauth/2026-09/token/revoke")


def count_parked() -> int:
    found = db.session.query(ParkedConnection).count()
    end_read()
    return found


def test_many_workers_drop_what_is_over_once(acme: Any) -> None:
    token = park(acme)
    acme.fault(action="delay", delay=0.5, path="revoke", times=None)
    start = threading.Barrier(6)

    def drop(_: int) -> int:
        with acme.app.app_context():
            start.wait()
            return account_switch.drop_expired()

    def all_of_them() -> None:
        with ThreadPoolExecutor(6) as workers:
            assert sum(workers.map(drop, range(6))) == 1

    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert revokes(acme, all_of_them) == 1
    assert count_parked() == 0
    assert not is_live(acme, token)


def test_a_worker_that_was_killed_in_between_leaves_it_to_the_next(acme: Any) -> None:
    token = park(acme)
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        with write_transaction() as session:
            assert REVOCATION.acquire(session, now())
        assert account_switch.drop_expired() == 0
    with time_machine.travel(now() + timedelta(minutes=13), tick=True):
        assert account_switch.drop_expired() == 1
    assert not is_live(acme, token)


def test_while_hubspot_cannot_be_told_it_is_tried_again_for_an_hour(acme: Any) -> None:
    token = park(acme)
    acme.fault(action="status", status=503, path="revoke", times=None)
    for minutes in (11, 13, 69):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            assert account_switch.drop_expired() == 0
            assert count_parked() == 1
    with time_machine.travel(now() + timedelta(minutes=72), tick=True):
        assert account_switch.drop_expired() == 1
    assert count_parked() == 0
    assert is_live(acme, token), "HubSpot was never reached"


def test_what_is_parked_anew_while_the_former_is_dropped_stays(acme: Any) -> None:
    """SQLite gives the number of a deleted row to the next one."""
    park(acme)
    acme.fault(action="delay", hold=True, path="revoke", times=1)
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):

        def drop() -> None:
            with acme.app.app_context():
                account_switch.drop_expired()

        dropping = threading.Thread(target=drop)
        dropping.start()
        assert acme.sandbox.state.faults.wait_until_held()
        fresh = park(acme)
        acme.sandbox.state.faults.release()
        dropping.join()
        assert count_parked() == 1
        assert is_live(acme, fresh)
        assert account_switch.find_parked(acme.team_id) is not None
        end_read()


def test_a_token_that_the_teams_own_connection_lives_by_is_not_revoked(acme: Any) -> None:
    token = park(acme)
    with write_transaction() as session:
        session.query(Connection).one().hubspot_account_id = str(HARBOUR)
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert account_switch.drop_expired() == 1
    assert is_live(acme, token)


@pytest.mark.parametrize(
    ("column", "value"), [("state", "lost"), ("state", "disconnected"), ("method", "service_key")]
)
def test_a_connection_that_does_not_live_by_the_app_keeps_no_token_alive(
    acme: Any, column: str, value: str
) -> None:
    token = park(acme)
    with write_transaction() as session:
        connection = session.query(Connection).one()
        connection.hubspot_account_id = str(HARBOUR)
        setattr(connection, column, value)
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        account_switch.drop_expired()
    assert not is_live(acme, token)


def test_a_service_key_that_is_over_is_forgotten_without_a_call(acme: Any) -> None:
    park(acme)
    with write_transaction() as session:
        parked = session.query(ParkedConnection).one()
        parked.method, parked.refresh_sealed = "service_key", ""

    def drop() -> None:
        assert account_switch.drop_expired() == 1

    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert acme.calls_of(drop) == []
