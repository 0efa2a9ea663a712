"""Tokens of a team's connection: where they are sealed, and whether they may be used now."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import lazyload

from hubsync.errors import AccessLost, AnotherAccount, IdleExpired, NotConnected
from hubsync.services import now, tools
from hubsync.services.connection.blockers import find_access_blocker
from hubsync.store import db, run
from hubsync.store.connections import Connection
from hubsync.store.sealed import Vault
from hubsync.store.sealed_text import Sealed

# An access token lives 30 minutes; HubSpot asks to refresh by time, not by waiting for a 401.
# https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
MARGIN = timedelta(seconds=120)
# A call that begins with less than this may arrive too late.
LAST_MOMENT = timedelta(seconds=10)
_OF_TEAM = (
    select(Connection)
    .where(Connection.team_id == bindparam("team_id"))
    .options(lazyload(Connection.connected_by))
    .execution_options(populate_existing=True)
)
_ROW_OF_TEAM = select(Connection.__table__).where(Connection.__table__.c.team_id == bindparam("team_id"))


def sealed_place(team_id: int, what: str) -> str:
    """The place that a connection's ``access token`` or ``refresh token`` is sealed for."""
    return f"team:{team_id}:{what}"


def open_access(connection: Connection) -> str:
    """The access token or service key. Raises SecretUnreadable."""
    return _opened(tools().vault, sealed_place(connection.team_id, "access token"), connection.access_sealed)


@lru_cache(maxsize=256)  # each delivery asks, and opening takes longer than reading the row; in memory alone
def _opened(vault: Vault, place: str, sealed: Sealed) -> str:
    return vault.open(place, sealed)


def open_refresh(connection: Connection) -> str:
    """The refresh token, "" where there is none. Raises SecretUnreadable."""
    if not connection.refresh_sealed:
        return ""
    return tools().vault.open(sealed_place(connection.team_id, "refresh token"), connection.refresh_sealed)


def is_fresh(connection: Connection, margin: timedelta = MARGIN) -> bool:
    """Whether the access token is good for *margin* longer; a service key always is."""
    return connection.access_expires_at is None or connection.access_expires_at - margin > now()


def usable_connection(team_id: int, account_id: str = "") -> Connection:
    """Return the team's connection. Raises NotConnected unless it is connected, to *account_id* if given.

    Raises IdleExpired when nothing was posted for too long, whether or not that was noted on the connection
    already, and AccessLost when access was lost otherwise.
    """
    return _require_usable(db.session.scalar(_OF_TEAM, {"team_id": team_id}), account_id)


def read_usable(team_id: int, account_id: str = "") -> Connection:
    """`usable_connection` for whoever reads it alone: a row of its table, with the same names."""
    row = run(db.session(), _ROW_OF_TEAM, {"team_id": team_id}).one_or_none()
    return _require_usable(cast("Connection | None", row), account_id)


def _require_usable(connection: Connection | None, account_id: str) -> Connection:
    blocker = find_access_blocker(connection)
    if connection is None or blocker == NotConnected.code:
        raise NotConnected("this team is not connected to HubSpot")
    if blocker == IdleExpired.code:
        raise IdleExpired("access to HubSpot expired, because nothing was posted for too long")
    if blocker:
        raise AccessLost("access to HubSpot was lost")
    if account_id not in ("", connection.hubspot_account_id):
        raise AnotherAccount("this was begun in another HubSpot account")
    return connection
