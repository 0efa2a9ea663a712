"""Webhook endpoints of a team's booking sources: found by the token in their address, or shown to their team.

The token only finds the row; the proof is made with the secret. What a secret, or one before it, is sealed for is
said here once.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import BookingNotKept, NotFound, ProofMissing, SecretUnreadable
from hubsync.services import now, tools
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source
from hubsync.store import db, end_read
from hubsync.store.sealed_text import Sealed
from hubsync.store.sources import IntakeEndpoint


@dataclass(frozen=True)
class Endpoint:
    """An address at which a source may prove itself.

    *source* is configured as the team has set it up; *secrets* are those that count, none while the sender's has
    not been entered. *prefix* stands before every id that comes here, where a team has several of the source.
    *taught* tells that its bodies can be read; *has_sample* that one is kept to teach them by.
    """

    id: int
    team_id: int
    source: Source
    secrets: tuple[str, ...] = field(repr=False)
    disabled: bool
    prefix: str
    taught: bool
    has_sample: bool


@dataclass(frozen=True)
class EndpointView:
    """An endpoint as its page shows it; *address* is where the sender posts.

    *lost* tells that no key opens its secret. *former_until* is when the secret before stops to count.
    *is_understood* tells that this version of HubSync knows the way in which it was set up, *has_sample* that a
    body is kept to teach fields by.
    """

    id: int
    source: str
    number: int
    name: str
    address: str = field(repr=False)
    has_secret: bool
    lost: bool
    former_until: datetime | None
    disabled_at: datetime | None
    options: Mapping[str, Any]
    is_understood: bool
    has_sample: bool
    created_at: datetime


def find_endpoint(source: Source, token: str) -> Endpoint:
    """The endpoint of *source* with this token.

    Raises ProofMissing for an unknown one, SecretUnreadable when no key opens its secret, BookingNotKept when
    another version of HubSync has set it up, in a way that this one does not know.
    """
    moved = and_(IntakeEndpoint.former_token == token, IntakeEndpoint.former_until > now())
    query = select(IntakeEndpoint).where(
        IntakeEndpoint.source == source.name, or_(IntakeEndpoint.token == token, moved)
    )
    # PostgreSQL takes no NUL in a text, not even in one that it is asked for.
    row = db.session.scalar(query) if token.isprintable() else None
    end_read()
    if row is None:
        _take_as_long()
        raise ProofMissing("no such endpoint")
    try:
        as_set_up = configured(source, row.options)
    except ValueError:
        raise BookingNotKept(f"the options of endpoint {row.id} are unknown") from None
    return Endpoint(
        id=row.id,
        team_id=row.team_id,
        source=as_set_up,
        secrets=_secrets(row),
        disabled=row.disabled_at is not None,
        prefix=prefix_of(source, row.number),
        taught=source.teachable is None or source.teachable.is_taught(row.options),
        has_sample=bool(row.sample_sealed),
    )


def configured(source: Source, options: Mapping[str, Any]) -> Source:
    """*source* as a team has set it up. Raises ValueError for options that this version does not know."""
    return source if source.configure is None else source.configure(options)


def is_understood(source: Source, options: Mapping[str, Any]) -> bool:
    """Whether this version of HubSync knows *options*, which another one may have stored."""
    try:
        configured(source, options)
    except ValueError:
        return False
    return True


def require_endpoint(session: Session, endpoint_id: int) -> IntakeEndpoint:
    """The endpoint of this id. Raises NotFound for one that was removed meanwhile."""
    row = session.get(IntakeEndpoint, endpoint_id)
    if row is None:
        raise NotFound("no such endpoint")
    return row


def list_endpoints(team_id: int, source: str | None = None) -> list[EndpointView]:
    """The team's endpoints, of all sources or of one, in the order in which they were made.

    Those of a source that this version of HubSync does not have are left out: nothing can be sent to them.
    """
    sources = list(SOURCES) if source is None else [source]
    query = select(IntakeEndpoint).where(IntakeEndpoint.team_id == team_id, IntakeEndpoint.source.in_(sources))
    query = query.order_by(IntakeEndpoint.id)
    return [_view(row) for row in db.session.scalars(query)]


def show_endpoint(team_id: int, source: str, number: int = 1) -> EndpointView | None:
    """The team's endpoint of *source*, None while there is none."""
    row = db.session.scalar(select(IntakeEndpoint).where(*named(team_id, source), IntakeEndpoint.number == number))
    return None if row is None else _view(row)


def mark_secret(endpoint_id: int) -> str:
    """What tells the secret that the endpoint has now from every other one, and nothing of it."""
    sealed = db.session.scalar(select(IntakeEndpoint.secret_sealed).where(IntakeEndpoint.id == endpoint_id))
    end_read()
    return fingerprint(sealed or "")


def open_marked_secret(endpoint_id: int, mark: str) -> str:
    """The secret of the endpoint if it has this *mark* still; empty where it has not, or no key opens it."""
    sealed = db.session.scalar(select(IntakeEndpoint.secret_sealed).where(IntakeEndpoint.id == endpoint_id))
    end_read()
    if not sealed or not secrets.compare_digest(fingerprint(sealed), mark):
        return ""
    with suppress(SecretUnreadable):
        return tools().vault.open(secret_place(endpoint_id), sealed)
    return ""


def address_of(row: IntakeEndpoint) -> str:
    """Where the sender posts to."""
    return f"{settings().base_url}/intake/{SOURCES[row.source].word}/{row.token}"


def audit_details(row: IntakeEndpoint) -> dict[str, str]:
    """The endpoint as the audit trail names it: by its source, and one of several also by its name or number."""
    several = row.source in SOURCES and SOURCES[row.source].takes_several
    return {"source": row.source, **({"endpoint": row.name or str(row.number)} if several else {})}


def prefix_of(source: Source, number: int) -> str:
    """What stands before the ids that come to an endpoint, to tell those of the team's others apart."""
    return f"{number}:" if source.takes_several else ""


def _secrets(row: IntakeEndpoint) -> tuple[str, ...]:
    """Those that count now, the newest first; a former one that no key opens is no loss."""
    vault = tools().vault
    found = [vault.open(secret_place(row.id), row.secret_sealed)] if row.secret_sealed else []
    if row.former_sealed and row.former_until is not None and row.former_until > now():
        with suppress(SecretUnreadable):
            found.append(vault.open(former_place(row.id), row.former_sealed))
    return tuple(found)


@cache
def _any_sealed() -> Sealed:
    return tools().vault.seal("intake:0", secrets.token_urlsafe(32))


def _take_as_long() -> None:
    """Do what opening a secret costs, so that the time of an answer does not tell which addresses exist."""
    tools().vault.can_open(_any_sealed())


def _view(row: IntakeEndpoint) -> EndpointView:
    return EndpointView(
        id=row.id,
        source=row.source,
        number=row.number,
        name=row.name,
        address=address_of(row),
        has_secret=bool(row.secret_sealed),
        lost=bool(row.secret_sealed) and not tools().vault.can_open(row.secret_sealed),
        former_until=row.former_until if row.former_until is not None and row.former_until > now() else None,
        disabled_at=row.disabled_at,
        options=row.options,
        is_understood=is_understood(SOURCES[row.source], row.options),
        has_sample=bool(row.sample_sealed),
        created_at=row.created_at,
    )


def named(team_id: int, source: str) -> tuple[ColumnElement[bool], ...]:
    """The condition for the team's endpoints of *source*."""
    return IntakeEndpoint.team_id == team_id, IntakeEndpoint.source == source


def secret_place(endpoint_id: int) -> str:
    """What an endpoint's secret is sealed for."""
    return f"intake:{endpoint_id}"


def former_place(endpoint_id: int) -> str:
    """The same for the secret before."""
    return f"intake:{endpoint_id}:former"
