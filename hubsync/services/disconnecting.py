"""Disconnect: leave HubSpot as far as it lets us, and always forget the tokens."""

from __future__ import annotations

import logging

from sqlalchemy import func, select

from hubsync.errors import HubSyncError
from hubsync.hubspot.deadline import Deadline
from hubsync.hubspot.oauth import OAuthClient
from hubsync.services import tools
from hubsync.services.access import sealed_place, with_access
from hubsync.store import db, rest, writing
from hubsync.store.connections import Connection

DISCONNECT_SECONDS = 8.0
UNINSTALL_SECONDS = 5.0  # so that some time is left to revoke

log = logging.getLogger(__name__)


def disconnect(team_id: int) -> bool:
    """Forget the tokens, whatever HubSpot says; the mappings stay.

    Returns whether HubSpot has taken the app out of the account too. When another team here uses the same account,
    HubSpot is not told, because uninstalling would disconnect that team as well; then this is False.
    """
    connection = _connection(team_id)
    if connection is None or connection.state == "disconnected":
        return True
    told = not is_account_shared(connection.hubspot_account_id, team_id) and _leave_hubspot(connection)
    with writing() as session:
        row = session.scalars(select(Connection).where(Connection.team_id == team_id)).one()
        row.state = "disconnected"
        row.access_sealed = row.refresh_sealed = ""
        row.access_expires_at = None
        forget_loss(row)
    return told


def _leave_hubspot(connection: Connection) -> bool:
    """Uninstall and revoke, as far as HubSpot lets us in a few seconds; whether it uninstalled."""
    deadline = Deadline.after(DISCONNECT_SECONDS)
    first = deadline.within(UNINSTALL_SECONDS)
    team_id, refresh_sealed = connection.team_id, connection.refresh_sealed
    uninstalled = False
    rest()
    try:
        with_access(team_id, first, lambda client: client.uninstall(first))
        uninstalled = True
    except HubSyncError as fault:
        log.info("HubSpot did not uninstall the app for team %s: %s", team_id, fault.code)
    # The refresh may have rotated the token.
    current = _connection(team_id)
    sealed = current.refresh_sealed if current else refresh_sealed
    if (oauth := tools().oauth) is not None:
        revoke_if_possible(oauth, open_refresh_token(team_id, sealed), deadline)
    return uninstalled


def revoke_if_possible(oauth: OAuthClient, refresh_token: str, deadline: Deadline) -> None:
    """Make a refresh token worthless, if HubSpot can be reached; a token nobody keeps harms nobody."""
    rest()
    if not refresh_token:
        return
    try:
        oauth.revoke(refresh_token, deadline)
    except HubSyncError as fault:
        log.info("HubSpot did not revoke a refresh token: %s", fault.code)


def open_refresh_token(team_id: int, sealed: str) -> str:
    """The refresh token, "" where there is none or no key opens it."""
    try:
        return tools().vault.open(sealed_place(team_id, "refresh token"), sealed) if sealed else ""
    except HubSyncError:
        return ""


def forget_loss(connection: Connection) -> None:
    """Begin anew: neither lost nor being refreshed."""
    connection.lost_code = ""
    connection.lost_at = None
    connection.refresh_owner = ""
    connection.refresh_until = None


def is_account_shared(account_id: str, team_id: int) -> bool:
    """Whether another team of this installation is connected to the same account."""
    query = select(func.count(Connection.id)).where(
        Connection.hubspot_account_id == account_id,
        Connection.team_id != team_id,
        Connection.state == "connected",
    )
    return db.session.scalars(query).one() > 0


def _connection(team_id: int) -> Connection | None:
    query = select(Connection).where(Connection.team_id == team_id)
    return db.session.scalar(query, execution_options={"populate_existing": True})
