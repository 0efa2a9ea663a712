"""The team connected by OAuth at the sandbox, and what a test looks at and turns about such a connection."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests

from hubsync.errors import HubSpotUnreachable
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from tests.kit.world import store_tokens


def store(acme: Any, tokens: dict[str, Any]) -> None:
    """Keep *tokens* as Connect does."""
    with write_transaction() as session:
        connection = session.query(Connection).filter_by(team_id=acme.team_id).one()
        store_tokens(connection, tokens)
        connection.refresh_owner, connection.refresh_until = "", None


def change(**values: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update(values)


def stored() -> Connection:
    """The only connection as it is stored now."""
    connection = db.session.query(Connection).populate_existing().one()
    end_read()
    return connection


def trouble() -> tuple[str, str, bool]:
    """(code, kind of call, whether it is known since when)."""
    connection = stored()
    return connection.trouble_code, connection.trouble_call, connection.trouble_at is not None


def refresh_token(acme: Any) -> str:
    return tools().vault.open(sealed_place(acme.team_id, "refresh token"), stored().refresh_sealed)


def read_account(acme: Any, seconds: float = 8) -> Any:
    deadline = Deadline.after(seconds)
    return with_access(acme.team_id, deadline, lambda client: client.read_account(deadline))


def account_for_the_patient(team_id: int) -> str:
    """The account that HubSpot names to whoever has access, asked again where its answer came too late.

    The product ends each call after some seconds, which a busy machine may take, and which says nothing of access.
    """
    deadline = Deadline.after(60)
    while True:
        try:
            return f"account {with_access(team_id, deadline, lambda client: client.read_account(deadline)).id}"
        except HubSpotUnreachable as fault:
            if fault.retry_after or not deadline.left():  # it is the renewal that failed, or the time is over
                raise


def token_calls(acme: Any, action: Any) -> int:
    return sum("/token" in call for call in acme.calls_of(action))


def expire_token(acme: Any) -> None:
    """The access token is dead, here and at the sandbox."""
    state = acme.sandbox.state
    for token in list(state.access_tokens.values()):
        state.access_tokens.put(replace(token, expires_at=state.clock.now() - 1))
    change(access_expires_at=now() - timedelta(seconds=1))


def give_app_another_secret(acme: Any, secret: str = "another") -> None:
    """The app's secret was renewed at HubSpot; HubSync's settings know the former one."""
    registered = acme.sandbox.state.apps.get(acme.sandbox.settings.client_id)
    acme.sandbox.state.apps.put(replace(registered, client_secret=secret))


def uninstall(acme: Any) -> None:
    requests.post(f"{acme.sandbox.url}/sandbox/api/uninstall", json={}, timeout=60).raise_for_status()


def revoke(acme: Any, *, access_tokens: bool = True) -> None:
    body = {"access_tokens": access_tokens}
    requests.post(f"{acme.sandbox.url}/sandbox/api/revoke-tokens", json=body, timeout=60).raise_for_status()


def clear_faults(acme: Any) -> None:
    requests.delete(f"{acme.sandbox.url}/sandbox/api/faults", timeout=60).raise_for_status()
