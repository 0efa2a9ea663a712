"""Live access to a team's HubSpot account: a token that is good, refreshed by one worker at a time."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar, cast

from sqlalchemy import CursorResult, or_, select, update

from hubsync.errors import (
    AccessExpired,
    AccessLost,
    AnotherAccount,
    AppMisconfigured,
    HubSpotUnreachable,
    NotConnected,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.deadline import Deadline
from hubsync.hubspot.oauth import Tokens
from hubsync.services import now, tools
from hubsync.store import db, rest, writing
from hubsync.store.connections import Connection

# An access token lives 30 minutes; HubSpot asks to refresh by time, not by waiting for a 401.
# https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
MARGIN = timedelta(seconds=120)
REFRESH_LEASE = timedelta(seconds=15)
POLL_SECONDS = 0.05

Result = TypeVar("Result")


def sealed_place(team_id: int, what: str) -> str:
    """The place that a connection's ``access token`` or ``refresh token`` is sealed for."""
    return f"team:{team_id}:{what}"


def usable_connection(team_id: int, account_id: str = "") -> Connection:
    """Return the team's connection. Raises NotConnected unless it is connected, to *account_id* if given."""
    connection = db.session.scalar(
        select(Connection).where(Connection.team_id == team_id), execution_options={"populate_existing": True}
    )
    if connection is None or connection.state == "disconnected":
        raise NotConnected("this team is not connected to HubSpot")
    if connection.state == "lost":
        raise AccessLost("access to HubSpot was lost")
    if account_id not in ("", connection.hubspot_account_id):
        raise AnotherAccount("this was begun in another HubSpot account")
    return connection


def open_client(team_id: int, deadline: Deadline) -> HubSpotClient:
    """Return a client whose access token is good for at least two more minutes.

    Raises NotConnected, AccessLost, AppMisconfigured, or a passing HubSpot error when a due refresh failed.
    """
    return _client(_live_token(team_id, deadline))


def with_access(
    team_id: int, deadline: Deadline, call: Callable[[HubSpotClient], Result], account_id: str = ""
) -> Result:
    """Return what *call* returns; after a 401 refresh once (a static token cannot be) and call once more.

    A second 401 means that HubSpot no longer honours the connection: it is marked lost and AccessLost raised.
    Raises NotConnected when the team is connected to another account than *account_id*, if that is given.
    """
    token = _live_token(team_id, deadline, account_id)
    try:
        return call(_client(token))
    except AccessExpired:
        token = _live_token(team_id, deadline, account_id, spent=token)
    try:
        return call(_client(token))
    except AccessExpired as fault:
        if not _mark_lost(team_id, fault.code, "access token", token):
            raise HubSpotUnreachable("access was renewed meanwhile", status=fault.status) from fault
        raise AccessLost("HubSpot refuses a fresh access token", status=fault.status) from fault


def _client(token: str) -> HubSpotClient:
    return HubSpotClient(tools().wire, token, tools().hubspot_api_version)


def _live_token(team_id: int, deadline: Deadline, account_id: str = "", spent: str | None = None) -> str:
    """The current access token, refreshed first when it is about to expire or is the one HubSpot refused."""
    while True:
        connection = usable_connection(team_id, account_id)
        token = tools().vault.open(sealed_place(team_id, "access token"), connection.access_sealed)
        fresh = connection.access_expires_at is None or connection.access_expires_at - MARGIN > now()
        rest()
        if fresh and (token != spent or not connection.refresh_sealed):
            return token
        worker = secrets.token_hex(8)
        if _lease_refresh(connection.id, worker):
            try:
                renewed = _refresh_under_lease(team_id, worker, spent, deadline)
            finally:
                _end_lease(worker)
            if renewed is not None:
                return renewed
        if deadline.left() < POLL_SECONDS:
            raise HubSpotUnreachable("another worker is refreshing the access token")
        time.sleep(POLL_SECONDS)


def _lease_refresh(connection_id: int, worker: str) -> bool:
    with writing() as session:
        taken = session.execute(
            update(Connection)
            .where(
                Connection.id == connection_id,
                or_(Connection.refresh_until.is_(None), Connection.refresh_until < now()),
            )
            .values(refresh_owner=worker, refresh_until=now() + REFRESH_LEASE)
        )
        return cast("CursorResult[object]", taken).rowcount == 1


def _refresh_under_lease(team_id: int, worker: str, spent: str | None, deadline: Deadline) -> str | None:
    """Refresh unless the previous holder of the lease already did; None when somebody (dis)connected."""
    vault = tools().vault
    connection = usable_connection(team_id)
    access = vault.open(sealed_place(team_id, "access token"), connection.access_sealed)
    refresh = vault.open(sealed_place(team_id, "refresh token"), connection.refresh_sealed)
    renewed = connection.access_expires_at is None or connection.access_expires_at - MARGIN > now()
    rest()
    if renewed and access != spent:
        return access
    oauth = tools().oauth
    if oauth is None:
        raise AppMisconfigured("HUBSYNC_HUBSPOT_CLIENT_ID or HUBSYNC_HUBSPOT_CLIENT_SECRET is not set")
    asked_at = now()
    try:
        tokens = oauth.refresh(refresh, deadline)
    except AccessLost as fault:
        if not _mark_lost(team_id, fault.code, "refresh token", refresh):
            return None
        raise
    return tokens.access_token if _store_tokens(team_id, worker, tokens, refresh, asked_at) else None


def _store_tokens(team_id: int, worker: str, tokens: Tokens, before: str, asked_at: datetime) -> bool:
    """Keep what came back, a rotated refresh token included; False when somebody disconnected or connected."""
    vault = tools().vault
    with writing() as session:
        stored = session.execute(
            update(Connection)
            .where(Connection.team_id == team_id, Connection.refresh_owner == worker)
            .values(
                access_sealed=vault.seal(sealed_place(team_id, "access token"), tokens.access_token),
                refresh_sealed=vault.seal(sealed_place(team_id, "refresh token"), tokens.refresh_token or before),
                access_expires_at=asked_at + timedelta(seconds=tokens.expires_in),
                refresh_owner="",
                refresh_until=None,
            )
        )
        return cast("CursorResult[object]", stored).rowcount == 1


def _end_lease(worker: str) -> None:
    """End the lease if it is still *worker*'s; storing the tokens has ended it already."""
    held = db.session.scalar(select(Connection.id).where(Connection.refresh_owner == worker))
    rest()
    if held is None:
        return
    with writing() as session:
        session.execute(
            update(Connection)
            .where(Connection.refresh_owner == worker)
            .values(refresh_owner="", refresh_until=None)
        )


def _mark_lost(team_id: int, code: str, what: str, used: str) -> bool:
    """Mark the connection lost, unless it no longer has the token *what* that HubSpot refused."""
    with writing() as session:
        connection = session.scalar(select(Connection).where(Connection.team_id == team_id))
        if connection is None or connection.state != "connected":
            return False
        sealed = connection.access_sealed if what == "access token" else connection.refresh_sealed
        if tools().vault.open(sealed_place(team_id, what), sealed) != used:
            return False
        connection.state, connection.lost_code, connection.lost_at = "lost", code, now()
        connection.refresh_owner, connection.refresh_until = "", None
        return True
