"""Parked tokens: those of an account that waits to be confirmed, sealed and unsealed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.errors import SecretUnreadable
from hubsync.services import now, tools
from hubsync.services.connection.activation import AuthorizedAccount
from hubsync.services.connection.revocation import StoredTokens, open_token
from hubsync.store.connections import ParkedConnection

PARKED_LIFE = timedelta(minutes=10)


def park(session: Session, team_id: int, person_id: int, authorized: AuthorizedAccount) -> None:
    """Park *authorized* for ten minutes, as one part of the caller's transaction."""
    parked = ParkedConnection(
        team_id=team_id,
        person_id=person_id,
        method=authorized.method,
        hubspot_account_id=authorized.account_id,
        account_name=authorized.account_name,
        ui_domain=authorized.ui_domain,
        time_zone=authorized.time_zone,
        scopes=list(authorized.scopes),
        access_expires_at=authorized.access_expires_at,
        created_at=authorized.at,
        expires_at=now() + PARKED_LIFE,
        watch_only=authorized.watch_only,
    )
    session.add(parked)
    session.flush()  # the tokens are sealed for the row's id
    seal = tools().vault.seal
    parked.access_sealed = seal(_place(parked.id, "access token"), authorized.access_token)
    if authorized.refresh_token:
        parked.refresh_sealed = seal(_place(parked.id, "refresh token"), authorized.refresh_token)


def unpark(session: Session, team_id: int) -> StoredTokens | None:
    """Take away what the team has parked, if anything; the caller gives the tokens back after its commit."""
    parked = session.scalar(select(ParkedConnection).where(ParkedConnection.team_id == team_id))
    if parked is None:
        return None
    held = parked_tokens_of(parked)
    session.delete(parked)
    session.flush()  # before another row of this team comes in
    return held


def parked_tokens_of(parked: ParkedConnection) -> StoredTokens:
    """The tokens that are parked; "" for one that no key opens."""
    return StoredTokens(
        parked.method,
        parked.hubspot_account_id,
        open_token(_place(parked.id, "access token"), parked.access_sealed),
        open_token(_place(parked.id, "refresh token"), parked.refresh_sealed),
        parked.access_expires_at,
    )


def parked_account(parked: ParkedConnection) -> AuthorizedAccount:
    """The parked account as it is to be taken over. Raises SecretUnreadable when no key opens its tokens."""
    held = parked_tokens_of(parked)
    if not held.access_token or bool(parked.refresh_sealed) != bool(held.refresh_token):
        raise SecretUnreadable("none of HUBSYNC_ENCRYPTION_KEYS opens the parked tokens")
    return AuthorizedAccount(
        method=parked.method,
        account_id=parked.hubspot_account_id,
        account_name=parked.account_name,
        ui_domain=parked.ui_domain,
        time_zone=parked.time_zone,
        scopes=tuple(parked.scopes),
        at=now(),
        access_token=held.access_token,
        refresh_token=held.refresh_token,
        access_expires_at=parked.access_expires_at,
        watch_only=parked.watch_only,
    )


def parked_token(parked: ParkedConnection) -> str:
    """The access token of the account that waits for an answer. Raises SecretUnreadable."""
    return tools().vault.open(_place(parked.id, "access token"), parked.access_sealed)


def _place(parked_id: int, what: str) -> str:
    return f"parked:{parked_id}:{what}"
