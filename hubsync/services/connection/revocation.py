"""Revocation: uninstalls the app or revokes a token, never at the cost of another team on the same account."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select

from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.errors import AccessExpired, HubSyncError
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.connection.clients import client_for
from hubsync.services.connection.tokens import MARGIN, sealed_place
from hubsync.store import db, end_read
from hubsync.store.connections import Connection, ParkedConnection
from hubsync.store.sealed_text import Sealed

UNINSTALL_SHARE = 0.6  # of the time there is, so that some is left to revoke

log = logging.getLogger(__name__)


class RevocationResult(StrEnum):
    """What became of a token that nobody keeps.

    Whatever it is, the app stays installed: HubSpot lists it among the account's connected apps until somebody
    uninstalls it there. https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide
    """

    REVOKED = "revoked"
    IN_USE = "in_use"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    NOT_TOLD = "not_told"


@dataclass(frozen=True)
class StoredTokens:
    """What HubSync holds of one account, taken out of the vault; tokens are "" where there is none."""

    method: ConnectMethod
    account_id: str
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_expires_at: datetime | None = None


def stored_tokens(connection: Connection) -> StoredTokens:
    """The tokens of a team's connection; "" for one that no key opens."""
    return StoredTokens(
        connection.method,
        connection.hubspot_account_id,
        open_token(sealed_place(connection.team_id, "access token"), connection.access_sealed),
        open_token(sealed_place(connection.team_id, "refresh token"), connection.refresh_sealed),
        connection.access_expires_at,
    )


def open_token(place: str, sealed: Sealed) -> str:
    """The token sealed for *place*, "" where there is none or no key opens it."""
    try:
        return tools().vault.open(place, sealed) if sealed else ""
    except HubSyncError:
        return ""


def is_account_in_use(
    account_id: str | None, apart_from_team: int | None = None, apart_from_parked: int | None = None
) -> bool:
    """Whether a connection here, or one that waits for its answer, was made by Connect in this account.

    Uninstalling ends them all, and so may revoking: HubSpot can hand out the same refresh token again. Service
    keys are the account's own and outlive both. An account that is not known (None) may be anybody's.
    """
    connected = select(Connection.id).where(
        Connection.state == ConnectionState.CONNECTED, Connection.method == ConnectMethod.OAUTH
    )
    parked = select(ParkedConnection.id).where(
        ParkedConnection.expires_at > now(), ParkedConnection.method == ConnectMethod.OAUTH
    )
    if account_id is not None:
        connected = connected.where(Connection.hubspot_account_id == account_id)
        parked = parked.where(ParkedConnection.hubspot_account_id == account_id)
    if apart_from_team is not None:
        connected = connected.where(Connection.team_id != apart_from_team)
        parked = parked.where(ParkedConnection.team_id != apart_from_team)
    if apart_from_parked is not None:
        parked = parked.where(ParkedConnection.id != apart_from_parked)
    return bool(db.session.scalar(select(exists(connected) | exists(parked))))


def uninstall_app(held: StoredTokens, deadline: Deadline) -> bool:
    """Uninstall the app from the account and revoke its refresh token; whether HubSpot has uninstalled it.

    Called when the tokens are forgotten here already, so that nobody works with them while they die. An account
    that is in use here is left alone, and a service key cannot be uninstalled.
    """
    in_use = is_account_in_use(held.account_id)
    end_read()
    if held.method != ConnectMethod.OAUTH or in_use:
        return False
    uninstalled, refresh_token = _uninstall(held, deadline.within(deadline.left() * UNINSTALL_SHARE))
    _revoke(refresh_token, deadline)
    return uninstalled


def revoke_unused(
    account_id: str | None, refresh_token: str, deadline: Deadline, apart_from_parked: int | None = None
) -> RevocationResult:
    """Make a refresh token that nobody keeps worthless, and say what became of it.

    A token of an account that is in use here is left alone: another connection may live by the same one.
    """
    in_use = is_account_in_use(account_id, apart_from_parked=apart_from_parked)
    end_read()
    return RevocationResult.IN_USE if in_use else _revoke(refresh_token, deadline)


def _revoke(refresh_token: str, deadline: Deadline) -> RevocationResult:
    oauth = tools().oauth
    if not refresh_token:
        return RevocationResult.NOTHING_TO_REVOKE
    if oauth is None:
        return RevocationResult.NOT_TOLD
    try:
        oauth.revoke(refresh_token, deadline)
    except HubSyncError as fault:
        log.info("HubSpot did not revoke a refresh token: %s", fault.code)
        return RevocationResult.NOT_TOLD
    return RevocationResult.REVOKED


def _uninstall(held: StoredTokens, deadline: Deadline) -> tuple[bool, str]:
    """Whether HubSpot uninstalled the app, and the refresh token that is left: a refresh may have rotated it."""
    oauth, access, refresh = tools().oauth, held.access_token, held.refresh_token
    live = held.access_expires_at is None or held.access_expires_at - MARGIN > now()
    try:
        if live and access:
            try:
                client_for(access).uninstall(deadline)
                return True, refresh
            except AccessExpired:
                log.info("HubSpot did not take the access token that was to uninstall the app")
        if oauth is not None and refresh:
            tokens = oauth.refresh(refresh, deadline)
            refresh = tokens.refresh_token
            client_for(tokens.access_token).uninstall(deadline)
            return True, refresh
    except HubSyncError as fault:
        log.info("HubSpot did not uninstall the app: %s", fault.code)
    return False, refresh
