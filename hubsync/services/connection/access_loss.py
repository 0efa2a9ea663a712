"""Access loss: recorded once, shown in the log and the audit trail, ended only by Connect."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.audit import AuditAction
from hubsync.domain.connections import ConnectionState
from hubsync.errors import AccessLost, IdleExpired
from hubsync.services import now
from hubsync.services.connection.status import expires_at, is_expired
from hubsync.services.teams.audit import record
from hubsync.store import write_transaction
from hubsync.store.connections import Connection, locked_connection
from hubsync.store.teams import Team

log = logging.getLogger(__name__)


def lose_access(team_id: int, still: Callable[[Connection], bool]) -> bool:
    """Mark the connection lost because HubSpot no longer honours it; whether it was marked.

    It is not when it is not connected any more, or when *still* says of the row, as it is under the lock, that
    this is another connection than the one HubSpot refused: somebody pressed Connect, or the tokens were renewed.
    """
    why = "HubSpot no longer accepts it: it was revoked there, or HubSync was uninstalled"
    return _lose(team_id, AccessLost.code, still, lambda connection: now(), why)


def expire(team_id: int) -> bool:
    """Mark the connection lost because nothing was posted for HUBSYNC_IDLE_EXPIRY_DAYS; whether it was marked."""
    why = f"nothing was posted for {settings().idle_expiry_days} days"
    return _lose(team_id, IdleExpired.code, is_expired, lambda each: expires_at(each) or now(), why)


def regain_access(session: Session, connection: Connection) -> bool:
    """Undo a loss that turned out to be none; whether there was one.

    Called inside `write_transaction`, with its *session*. What idle expiry ended stays so: only Connect brings
    that back.
    """
    if (connection.state, connection.lost_code) != (ConnectionState.LOST, AccessLost.code):
        return False
    connection.state, connection.lost_code, connection.lost_at = ConnectionState.CONNECTED, "", None
    record(session, connection.team_id, None, AuditAction.ACCESS_REGAINED, account=connection.hubspot_account_id)
    return True


def _lose(
    team_id: int,
    code: str,
    still: Callable[[Connection], bool],
    since: Callable[[Connection], datetime],
    why: str,
) -> bool:
    with write_transaction() as session:
        connection = session.scalar(locked_connection(team_id))
        if connection is None or connection.state != ConnectionState.CONNECTED or not still(connection):
            return False
        connection.state, connection.lost_code, connection.lost_at = ConnectionState.LOST, code, since(connection)
        connection.trouble_code, connection.trouble_call, connection.trouble_at = "", "", None
        connection.refresh_not_before = None
        account = connection.hubspot_account_id
        record(session, team_id, None, AuditAction.ACCESS_LOST, account=account, code=code)
        slug = session.get_one(Team, team_id).slug
    log.warning(
        "Team %s has lost access to HubSpot account %s: %s. Its bookings wait. "
        "Its owner or an administrator presses Connect on %s.",
        slug,
        account,
        why,
        hubspot_page(slug),
    )
    return True


def hubspot_page(slug: str) -> str:
    """Where the team presses Connect."""
    return f"{settings().base_url}/teams/{slug}/settings/integrations/hubspot"
