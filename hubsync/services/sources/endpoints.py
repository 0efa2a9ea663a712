"""Webhook endpoints of a team's booking sources, and the secrets by which their senders prove themselves.

The token in the address only finds the row; the proof is made with the secret. A source has one endpoint for each
team, or several where its senders are several. A secret that is replaced counts for a day more, so that it can be
changed at both ends without losing a booking.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.audit import AuditAction
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.values import clean_text
from hubsync.errors import BookingNotKept, NotFound, ProofMissing, Refused, SecretUnreadable
from hubsync.services import now, tools
from hubsync.services.teams.audit import record
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sealed_text import NOTHING, Sealed
from hubsync.store.sources import IntakeEndpoint, SourceAccount

FORMER_COUNTS = timedelta(days=1)
MOST_ENDPOINTS = 50
"""So many addresses a team may have of one source."""
LONGEST_SECRET = 500
LONGEST_NAME = 100


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


@dataclass(frozen=True)
class NewEndpoint:
    """An endpoint that was made just now; *secret* is empty while the sender's has not been entered."""

    number: int
    secret: str = field(repr=False)


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
    row = db.session.scalar(
        select(IntakeEndpoint).where(*_named(team_id, source), IntakeEndpoint.number == number)
    )
    return None if row is None else _view(row)


def make_endpoint(team_id: int, source: str, *, by: int | None = None, secret: str | None = None) -> str:
    """`add_endpoint` for whoever wants no more than the secret."""
    return add_endpoint(team_id, source, by=by, secret=secret).secret


def add_endpoint(
    team_id: int,
    source: str,
    *,
    by: int | None = None,
    secret: str | None = None,
    name: str = "",
    options: Mapping[str, Any] | None = None,
) -> NewEndpoint:
    """Make an endpoint of *source* for the team and return it with its secret, which is not shown again.

    The secret is made here unless *secret* is the one that the sender shows; an empty one is entered later, and
    until then nothing that comes is taken. Raises Refused when there is one already and the source has but one, or
    for a secret that cannot be one.
    """
    several = SOURCES[source].takes_several if source in SOURCES else False
    given = new_secret(source) if secret is None else check_secret(secret) if secret else ""
    try:
        with write_transaction() as session:
            numbers = select(func.coalesce(func.max(IntakeEndpoint.number), 0)).where(*_named(team_id, source))
            number = session.scalars(numbers).one() + 1 if several else 1
            if number > MOST_ENDPOINTS:
                raise Refused(_("There are too many addresses of this source. Use or change one of them."))
            row = IntakeEndpoint(
                team_id=team_id,
                source=source,
                number=number,
                name=_clean_name(name),
                token=secrets.token_urlsafe(24),
                options=dict(options or {}),
                created_at=now(),
            )
            session.add(row)
            session.flush()
            row.secret_sealed = tools().vault.seal(secret_place(row.id), given) if given else NOTHING
            record(session, team_id, by, AuditAction.SOURCE_SECRET_MADE, source=source)
    except IntegrityError as fault:
        raise Refused(_("There is an address already.")) from fault
    return NewEndpoint(number, given)


def renew_secret(
    team_id: int, source: str, *, number: int = 1, by: int | None = None, secret: str | None = None
) -> str:
    """Replace the secret by a new one, or by the sender's *secret*, and return it.

    The former one counts a day more. Raises NotFound when the team has no such endpoint, Refused for a secret that
    cannot be one, and while HubSync has told the source itself what to sign with: `subscriptions.renew` changes
    that at both ends.
    """
    given = new_secret(source) if secret is None else check_secret(secret)
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if session.scalar(select(SourceAccount.id).where(SourceAccount.endpoint_id == row.id)) is not None:
            raise Refused(
                _("This secret is known to the booking source by its API. Renew the subscription instead.")
            )
        if row.secret_sealed and tools().vault.can_open(row.secret_sealed):
            former = tools().vault.open(secret_place(row.id), row.secret_sealed)
            row.former_sealed = tools().vault.seal(former_place(row.id), former)
            row.former_until = now() + FORMER_COUNTS
        row.secret_sealed = tools().vault.seal(secret_place(row.id), given)
        record(session, team_id, by, AuditAction.SOURCE_SECRET_MADE, source=source)
    return given


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


def end_former_secret(team_id: int, source: str, *, number: int = 1, by: int | None = None) -> None:
    """Let the former secret count no more from now on. Raises NotFound."""
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if row.former_until is not None:
            row.former_sealed, row.former_token, row.former_until = NOTHING, None, None
            record(session, team_id, by, AuditAction.SOURCE_SECRET_ENDED, source=source)


def set_up(
    team_id: int,
    source: str,
    *,
    number: int = 1,
    by: int | None = None,
    name: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Change what the endpoint is called and how it is verified and read. Raises NotFound."""
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if name is not None:
            row.name = _clean_name(name)
        if options is not None:
            row.options = dict(options)
        record(session, team_id, by, AuditAction.SOURCE_CHANGED, source=source)


def switch(team_id: int, source: str, *, on: bool, number: int = 1, by: int | None = None) -> None:
    """Let the endpoint take bookings, or none; what comes while it is off is answered and left alone.

    Raises NotFound.
    """
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if (row.disabled_at is None) is not on:
            row.disabled_at = None if on else now()
            action = AuditAction.SOURCE_ENABLED if on else AuditAction.SOURCE_DISABLED
            record(session, team_id, by, action, source=source)


def address_of(row: IntakeEndpoint) -> str:
    """Where the sender posts to."""
    return f"{settings().base_url}/intake/{SOURCES[row.source].word}/{row.token}"


def prefix_of(source: Source, number: int) -> str:
    """What stands before the ids that come to an endpoint, to tell those of the team's others apart."""
    return f"{number}:" if source.takes_several else ""


def new_secret(source: str) -> str:
    """A secret that nobody knows yet, written as the source's senders take it."""
    random = secrets.token_bytes(32)
    return SOURCES[source].write_secret(random) if source in SOURCES else random.hex()


def check_secret(typed: str) -> str:
    """The sender's secret as a person entered it. Raises Refused for what cannot be one."""
    secret = typed.strip()
    if not secret:
        raise Refused(_("Enter the secret that your booking tool shows."), field="secret")
    if len(secret) > LONGEST_SECRET or not secret.isprintable():
        raise Refused(_("This cannot be a secret: it is too long, or has line breaks in it."), field="secret")
    return secret


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


def _require(session: Session, team_id: int, source: str, number: int) -> IntakeEndpoint:
    query = select(IntakeEndpoint).where(*_named(team_id, source), IntakeEndpoint.number == number)
    row = session.scalar(query.with_for_update(of=IntakeEndpoint))
    if row is None:
        raise NotFound("no such endpoint")
    return row


def _named(team_id: int, source: str) -> tuple[ColumnElement[bool], ...]:
    return IntakeEndpoint.team_id == team_id, IntakeEndpoint.source == source


def _clean_name(name: str) -> str:
    return " ".join(clean_text(name).split())[:LONGEST_NAME]


def secret_place(endpoint_id: int) -> str:
    """What an endpoint's secret is sealed for."""
    return f"intake:{endpoint_id}"


def former_place(endpoint_id: int) -> str:
    """The same for the secret before."""
    return f"intake:{endpoint_id}:former"
