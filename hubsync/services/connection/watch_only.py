"""Watch only: the state of a connection in which HubSync reads in HubSpot and writes nothing there."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.connections import ConnectionState
from hubsync.errors import NotConnected, Refused
from hubsync.services import now
from hubsync.services.connection.blockers import find_access_blocker
from hubsync.services.teams.audit import record
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection, locked_connection
from hubsync.store.teams import Team
from hubsync.store.watching import ForeseenRecord

WATCHES = and_(Connection.watching_since.is_not(None), Connection.state != ConnectionState.DISCONNECTED)
"""Connections over which nothing is posted on purpose. What was disconnected has no account to read in."""


def is_watching(session: Session, team_id: int) -> bool:
    """Whether the team watches only."""
    return session.scalar(select(Connection.watching_since).where(Connection.team_id == team_id)) is not None


def teams_that_watch() -> list[str]:
    """The slugs of the teams that watch only."""
    query = select(Team.slug).join(Connection, Connection.team_id == Team.id).where(WATCHES).order_by(Team.slug)
    return list(db.session.scalars(query))


def switch_on(team_id: int, person_id: int) -> bool:
    """Watch only from now on; whether that is new. Raises NotConnected where there is no account to read in.

    An attempt that has sent something by then is the last that writes.
    """
    with write_transaction() as session:
        connection = session.scalar(locked_connection(team_id))
        if connection is None or find_access_blocker(connection) == NotConnected.code:
            raise NotConnected("this team is not connected to HubSpot")
        if connection.watching_since is not None:
            return False
        connection.watching_since = now()
        account = connection.hubspot_account_id
        record(session, team_id, person_id, AuditAction.WATCH_BEGUN, account=account)
    return True


def switch_off(team_id: int, person_id: int, account_id: str) -> bool:
    """Post into the account *account_id* from now on; whether that is new.

    What watched deliveries would have created is forgotten: from now on HubSpot has what there is. Raises Refused
    when the team was connected to another account than the one that the person was asked about.
    """
    with write_transaction() as session:
        connection = session.scalar(locked_connection(team_id))
        if connection is None or connection.hubspot_account_id != account_id:
            raise Refused(
                _("Meanwhile the team was connected to another account. Nothing has changed; read again.")
            )
        if connection.watching_since is None:
            return False
        connection.watching_since = None
        session.execute(delete(ForeseenRecord).where(ForeseenRecord.team_id == team_id))
        record(session, team_id, person_id, AuditAction.WENT_LIVE, account=account_id)
    return True
