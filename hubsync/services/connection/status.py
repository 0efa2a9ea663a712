"""Connection status: connected, lost and why, or about to expire for want of a post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.errors import ACCOUNT_TROUBLES
from hubsync.services import now
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.counts import count_held_up, count_kept_back
from hubsync.store.teams import Team


@dataclass(frozen=True)
class ConnectionStatus:
    """What the HubSpot page, the banner on every page of the team and the log say.

    *code* is the code of the error that took the access away, or of the problem of a connection that is still
    valid (``permission_missing``, ``app_misconfigured`` and such); empty when all is well. *call* is the kind of
    call that met the problem, such as ``write contacts``, "" where none did. *since* is when that was noticed.
    *expires_at* is when the access expires unless something is posted, None when it never does. *waiting* counts
    the bookings that wait for access, or until the account takes records again. *method* is how the team
    connected; empty while disconnected. *paused_until* is until when HubSpot takes nothing from an account that is
    connected, for the reason *paused_code*; None when it is open. *watching_since* is since when the team watches
    only; None when it does not, and while it has no connection. *refuses_properties* says that HubSpot takes some
    properties no more, which `refused_properties.read_gone` names.
    """

    state: ConnectionState = ConnectionState.DISCONNECTED
    code: str = ""
    since: datetime | None = None
    expires_at: datetime | None = None
    waiting: int = 0
    method: ConnectMethod | Literal[""] = ""
    paused_code: str = ""
    paused_until: datetime | None = None
    call: str = ""
    watching_since: datetime | None = None
    refuses_properties: bool = False


def idle_since(connection: Connection) -> datetime:
    """When the clock of the idle expiry started: at Connect, or at the last delivery that HubSpot answered."""
    return max(connection.connected_at, connection.last_posted_at or connection.connected_at)


def expires_at(connection: Connection) -> datetime | None:
    """When access expires for want of a post; None when HUBSYNC_IDLE_EXPIRY_DAYS is 0."""
    days = settings().idle_expiry_days
    return idle_since(connection) + timedelta(days=days) if days else None


def is_expired(connection: Connection) -> bool:
    """Whether nothing was posted for so long that only Connect brings access back."""
    end = expires_at(connection)
    return end is not None and end <= now()


def read_status(team_id: int) -> ConnectionStatus:
    """The team's status at this moment, in one query; HubSpot is not asked."""
    counted = count_held_up(team_id)
    row = db.session.execute(
        select(Connection, counted)
        .select_from(Team)
        .outerjoin(Connection, Connection.team_id == Team.id)
        .where(Team.id == team_id),
        execution_options={"populate_existing": True},
    ).one()
    connection: Connection | None = row[0]
    waiting: int = row[1]
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return ConnectionStatus(waiting=waiting)
    method = connection.method
    if connection.state == ConnectionState.LOST:
        return ConnectionStatus(
            ConnectionState.LOST,
            connection.lost_code,
            connection.lost_at,
            None,
            waiting,
            method,
            watching_since=connection.watching_since,
        )
    end = expires_at(connection)
    if end is not None and is_expired(connection):
        return ConnectionStatus(ConnectionState.LOST, "idle_expired", end, None, waiting, method)
    pause: tuple[str, datetime | None] = ("", None)
    if connection.paused_until is not None and connection.paused_until > now():
        pause = connection.paused_code, connection.paused_until
    code, call, since = connection.trouble_code, connection.trouble_call, connection.trouble_at
    if code in ACCOUNT_TROUBLES:
        waiting += count_kept_back(team_id, ACCOUNT_TROUBLES)
    return ConnectionStatus(
        ConnectionState.CONNECTED,
        code,
        since,
        end,
        waiting,
        method,
        *pause,
        call=call,
        watching_since=connection.watching_since,
        refuses_properties=bool(connection.refused_properties),
    )
