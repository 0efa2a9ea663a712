"""Disconnection: the tokens are always forgotten, then the app is uninstalled as far as HubSpot lets us."""

from __future__ import annotations

from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.connections import ConnectionState
from hubsync.net.deadline import Deadline
from hubsync.services.connection.activation import reset_state
from hubsync.services.connection.parked_tokens import unpark
from hubsync.services.connection.revocation import is_account_in_use, revoke_unused, stored_tokens, uninstall_app
from hubsync.services.teams.audit import record
from hubsync.store import write_transaction
from hubsync.store.connections import connection_of
from hubsync.store.owners import forget_if_unused
from hubsync.store.sealed_text import NOTHING
from hubsync.store.teams import Team

DISCONNECT_SECONDS = 8.0


def disconnect(team_id: int, by: int | None = None) -> bool:
    """Forget the tokens, whatever HubSpot says; the mappings stay. *by* is the person who wants it.

    Returns whether HubSpot has taken the app out of the account too. When another team here uses the same account,
    HubSpot is not told, because uninstalling would disconnect that team as well; then this is False, and so it is
    for a service key, which cannot be uninstalled. Doing it twice, or at once, is as good as once.

    The tokens are forgotten first: a delivery under way then finds the team disconnected and waits, instead of
    finding its token refused and taking that for access that was lost.
    """
    held = None
    with write_transaction() as session:
        session.scalars(select(Team.id).where(Team.id == team_id).with_for_update()).one_or_none()
        connection = connection_of(team_id)
        parked = unpark(session, team_id)
        if connection is not None and connection.state != ConnectionState.DISCONNECTED:
            held = stored_tokens(connection)
            connection.state = ConnectionState.DISCONNECTED
            connection.access_sealed = connection.refresh_sealed = NOTHING
            connection.access_expires_at = None
            reset_state(connection)
            session.flush()
            forget_if_unused(session, held.account_id)
            record(session, team_id, by, AuditAction.DISCONNECTED, account=held.account_id, method=held.method)
    deadline = Deadline.after(DISCONNECT_SECONDS)
    uninstalled = uninstall_app(held, deadline) if held is not None else True
    if parked is not None:
        revoke_unused(parked.account_id, parked.refresh_token, deadline)
    return uninstalled


def is_account_shared(account_id: str, team_id: int) -> bool:
    """Whether another team of this installation lives by the same install of the app in this account."""
    return is_account_in_use(account_id, apart_from_team=team_id)
