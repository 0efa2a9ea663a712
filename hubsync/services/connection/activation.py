"""Activation: an authorized HubSpot account becomes a team's connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hubsync.domain import pauses
from hubsync.domain.audit import AuditAction
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.net.deadline import Deadline
from hubsync.services import tools
from hubsync.services.connection.held_deliveries import make_due
from hubsync.services.connection.revocation import StoredTokens, revoke_unused, stored_tokens, uninstall_app
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.teams.audit import record
from hubsync.store.connections import Connection, connection_of
from hubsync.store.owners import clear_trouble, forget_if_unused
from hubsync.store.sealed_text import NOTHING, Sealed

FIRST_CHECK = timedelta(hours=24)
LETTING_GO_SECONDS = 8.0


@dataclass(frozen=True)
class AuthorizedAccount:
    """An account that somebody authorized at the moment *at*, checked with HubSpot and stored nowhere yet.

    A service key is an access token that does not expire and has no refresh token. *account_name* is "" where
    HubSpot does not tell it. *watch_only*: it is to be looked at first, and nothing to be written.
    """

    method: ConnectMethod
    account_id: str
    account_name: str
    ui_domain: str
    time_zone: str
    scopes: tuple[str, ...]
    at: datetime
    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    access_expires_at: datetime | None = None
    watch_only: bool = False


def activate(session: Session, team_id: int, person_id: int, authorized: AuthorizedAccount) -> StoredTokens | None:
    """Make *authorized* the team's connection, as one part of the caller's transaction.

    A team that watches only goes on doing so, whichever account it is. What a pause held back is due: the pause
    was the former account's, or is found again by the first call. Returns what the team held before, to be let go
    of after the commit; None at its first Connect.
    """
    connection = connection_of(team_id)
    former = stored_tokens(connection) if connection is not None else None
    if connection is None:
        connection = Connection(team_id=team_id)
        session.add(connection)
    same_account = former is not None and former.account_id == authorized.account_id
    connection.state = ConnectionState.CONNECTED
    connection.method = authorized.method
    connection.hubspot_account_id = authorized.account_id
    # A service key does not tell the account's name, but Connect may have.
    connection.account_name = authorized.account_name or (connection.account_name if same_account else "")
    connection.ui_domain = authorized.ui_domain
    connection.time_zone = authorized.time_zone
    connection.scopes = list(authorized.scopes)
    connection.connected_by_id = person_id
    connection.connected_at = authorized.at
    connection.last_posted_at = connection.last_posted_at if same_account else None
    reset_state(connection)
    connection.checked_at = authorized.at
    connection.next_check_at = authorized.at + FIRST_CHECK
    connection.access_sealed = _sealed(team_id, "access token", authorized.access_token)
    connection.refresh_sealed = _sealed(team_id, "refresh token", authorized.refresh_token)
    connection.access_expires_at = authorized.access_expires_at
    session.flush()  # an attempt that ends at this instant sees the connection, or its delivery is seen here
    clear_trouble(session, authorized.account_id)
    if former is not None and not same_account:
        forget_if_unused(session, former.account_id)
    make_due(session, team_id, pauses.CODES)
    details = {"account": authorized.account_id, "method": authorized.method}
    if former is None or same_account:
        record(session, team_id, person_id, AuditAction.CONNECTED, **details)
    else:
        record(
            session, team_id, person_id, AuditAction.ACCOUNT_CHANGED, former_account=former.account_id, **details
        )
    if authorized.watch_only and connection.watching_since is None:
        connection.watching_since = authorized.at
        record(session, team_id, person_id, AuditAction.WATCH_BEGUN, account=authorized.account_id)
    return former


def _sealed(team_id: int, what: str, token: str) -> Sealed:
    return tools().vault.seal(sealed_place(team_id, what), token) if token else NOTHING


def reset_state(connection: Connection) -> None:
    """Forget what was wrong and which work was under way: no worker's lease or finding outlives this."""
    connection.lost_code = connection.refresh_owner = ""
    connection.trouble_code = connection.trouble_call = ""
    connection.lost_at = connection.trouble_at = None
    connection.refresh_until = connection.refresh_not_before = None
    connection.checked_at = connection.next_check_at = connection.check_until = None
    connection.warned_for = None
    connection.circuit_until = connection.paused_until = connection.pace_until = None
    connection.unanswered = 0
    connection.paused_code = ""
    connection.refused_properties = []


def release_former(former: StoredTokens, authorized: AuthorizedAccount) -> None:
    """End at HubSpot what the team no longer needs of its former connection, best effort.

    The same account connected again keeps its tokens, because HubSpot may have handed out the same once more.
    """
    deadline = Deadline.after(LETTING_GO_SECONDS)
    if former.method != ConnectMethod.OAUTH:
        return
    if former.account_id != authorized.account_id:
        uninstall_app(former, deadline)
    elif authorized.method != ConnectMethod.OAUTH:
        revoke_unused(former.account_id, former.refresh_token, deadline)
