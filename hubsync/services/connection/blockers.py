"""Blockers: what keeps all bookings of a team out of HubSpot, each as the code that is stored and explained."""

from __future__ import annotations

from hubsync.domain.connections import ConnectionState
from hubsync.domain.plans import posts
from hubsync.domain.reasons import Reason
from hubsync.errors import AccessLost, IdleExpired, NotConnected
from hubsync.services.connection.status import is_expired
from hubsync.store.connections import Connection
from hubsync.store.teams import Team


def find_posting_blocker(team: Team, connection: Connection | None) -> str:
    """Why nothing of *team* is posted now, "" when it is; *connection* is the team's, None where it has none.

    The plan comes first: without it nobody can connect. What keeps single calendars back is not asked here.
    """
    return find_access_blocker(connection) if posts(team.plan) else Reason.PLAN


def find_access_blocker(connection: Connection | None) -> str:
    """Why *connection* gives no access to HubSpot, as the code of the error that using it raises; "" if it does.

    Nothing was posted for too long whether or not that was noted on the connection already.
    """
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return NotConnected.code
    if connection.state == ConnectionState.LOST:
        return connection.lost_code or AccessLost.code
    return IdleExpired.code if is_expired(connection) else ""
