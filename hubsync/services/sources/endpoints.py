"""Webhook endpoints of a team's booking sources, and the secrets they sign with.

The token in the address only finds the row; the proof is the signature. One endpoint for each team and source.
"""

from __future__ import annotations

import secrets

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hubsync.config import settings
from hubsync.domain.audit import AuditAction
from hubsync.errors import NotFound, ProofMissing, Refused
from hubsync.services import now, tools
from hubsync.services.teams.audit import record
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sources import IntakeEndpoint


def find_endpoint(source: str, token: str) -> tuple[int, tuple[str, ...]]:
    """Return whose endpoint this is, and the secrets that count there.

    Raises ProofMissing for an unknown one, SecretUnreadable when no key opens the secret.
    """
    query = select(IntakeEndpoint).where(IntakeEndpoint.source == source, IntakeEndpoint.token == token)
    endpoint = db.session.scalar(query)
    end_read()
    if endpoint is None:
        raise ProofMissing("no such endpoint")
    return endpoint.team_id, (tools().vault.open(_place(endpoint.id), endpoint.secret_sealed),)


def show_endpoint(team_id: int, source: str) -> str | None:
    """The address of the team's endpoint for *source*, None while there is none."""
    query = select(IntakeEndpoint).where(IntakeEndpoint.team_id == team_id, IntakeEndpoint.source == source)
    endpoint = db.session.scalar(query)
    return None if endpoint is None else f"{settings().base_url}/intake/{SOURCES[source].word}/{endpoint.token}"


def is_secret_lost(team_id: int, source: str) -> bool:
    """Whether there is an endpoint whose secret no key opens, so that nothing sent there can be proved."""
    query = select(IntakeEndpoint).where(IntakeEndpoint.team_id == team_id, IntakeEndpoint.source == source)
    endpoint = db.session.scalar(query)
    return endpoint is not None and not tools().vault.can_open(endpoint.secret_sealed)


def make_endpoint(team_id: int, source: str, *, by: int | None = None) -> str:
    """Make the team's endpoint for *source* and return its secret, which is not shown again.

    Raises Refused when there is one already: its secret is in use somewhere.
    """
    secret = _new_secret(source)
    endpoint = IntakeEndpoint(
        team_id=team_id, source=source, token=secrets.token_urlsafe(24), created_at=now(), secret_sealed=""
    )
    try:
        with write_transaction() as session:
            session.add(endpoint)
            session.flush()
            endpoint.secret_sealed = tools().vault.seal(_place(endpoint.id), secret)
            record(session, team_id, by, AuditAction.SOURCE_SECRET_MADE, source=source)
    except IntegrityError as fault:
        raise Refused(_("There is an address already.")) from fault
    return secret


def renew_secret(team_id: int, source: str, *, by: int | None = None) -> str:
    """Replace the secret and return the new one; what is signed with the old one is refused from now on.

    Raises NotFound when the team has no such endpoint.
    """
    secret = _new_secret(source)
    with write_transaction() as session:
        query = select(IntakeEndpoint).where(IntakeEndpoint.team_id == team_id, IntakeEndpoint.source == source)
        endpoint = session.scalar(query)
        if endpoint is None:
            raise NotFound("no such endpoint")
        endpoint.secret_sealed = tools().vault.seal(_place(endpoint.id), secret)
        record(session, team_id, by, AuditAction.SOURCE_SECRET_MADE, source=source)
    return secret


def _new_secret(source: str) -> str:
    return SOURCES[source].write_secret(secrets.token_bytes(32))


def _place(endpoint_id: int) -> str:
    return f"intake:{endpoint_id}"
