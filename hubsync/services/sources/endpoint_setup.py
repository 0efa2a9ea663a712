"""Set-up of webhook endpoints: they are made, named, switched and removed, and get the secrets that senders prove.

A source has one endpoint for each team, or several where its senders are several. A secret that is replaced counts
for a day more, so that it can be changed at both ends without losing a booking.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.names import tidy_name
from hubsync.errors import NotFound, Refused
from hubsync.services import now, tools
from hubsync.services.sources.endpoints import audit_details, former_place, named, secret_place
from hubsync.services.teams.audit import record
from hubsync.sources.registry import SOURCES
from hubsync.store import write_transaction
from hubsync.store.sealed_text import NOTHING
from hubsync.store.sources import IntakeEndpoint, RemovedNumber, SourceAccount, SourceSilence

FORMER_COUNTS = timedelta(days=1)
MOST_ENDPOINTS = 50
"""So many addresses a team may have of one source."""
LONGEST_SECRET = 500
LONGEST_NAME = 100


@dataclass(frozen=True)
class NewEndpoint:
    """An endpoint that was made just now; *secret* is empty while the sender's has not been entered."""

    number: int
    secret: str = field(repr=False)


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
            number = _next_number(session, team_id, source) if several else 1
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
            record(session, team_id, by, AuditAction.SOURCE_SECRET_MADE, **audit_details(row))
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
        record(session, team_id, by, AuditAction.SOURCE_SECRET_MADE, **audit_details(row))
    return given


def end_former_secret(team_id: int, source: str, *, number: int = 1, by: int | None = None) -> None:
    """Let the former secret count no more from now on. Raises NotFound."""
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if row.former_until is not None:
            row.former_sealed, row.former_token, row.former_until = NOTHING, None, None
            record(session, team_id, by, AuditAction.SOURCE_SECRET_ENDED, **audit_details(row))


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
        record(session, team_id, by, AuditAction.SOURCE_CHANGED, **audit_details(row))


def switch(team_id: int, source: str, *, on: bool, number: int = 1, by: int | None = None) -> None:
    """Let the endpoint take bookings, or none; what comes while it is off is answered and left alone.

    Raises NotFound.
    """
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if (row.disabled_at is None) is not on:
            row.disabled_at = None if on else now()
            action = AuditAction.SOURCE_ENABLED if on else AuditAction.SOURCE_DISABLED
            record(session, team_id, by, action, **audit_details(row))


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


def remove(team_id: int, source: str, *, number: int = 1, by: int | None = None) -> None:
    """Delete the endpoint for good: what is sent there afterwards is answered as at an address that never was.

    The bookings that came there stay with their deliveries. Raises NotFound, and Refused for one that is not
    switched off, or whose source may still have a subscription that HubSync is ending.
    """
    with write_transaction() as session:
        row = _require(session, team_id, source, number)
        if row.disabled_at is None:
            raise Refused(_("Disable the address first: only one that is switched off can be removed."))
        if session.scalar(select(SourceAccount.id).where(SourceAccount.endpoint_id == row.id)) is not None:
            raise Refused(
                _("HubSync is still ending its subscription at the booking source. Try again when that is done.")
            )
        record(session, team_id, by, AuditAction.SOURCE_REMOVED, **audit_details(row))
        if source in SOURCES and SOURCES[source].takes_several:
            _use_up(session, team_id, source, number)
        session.delete(row)
        session.flush()
        if session.scalar(select(IntakeEndpoint.id).where(*named(team_id, source)).limit(1)) is None:
            silence = SourceSilence.team_id == team_id, SourceSilence.source == source
            session.execute(delete(SourceSilence).where(*silence))


def _use_up(session: Session, team_id: int, source: str, number: int) -> None:
    """Let no other address have *number*."""
    removed = session.get(RemovedNumber, (team_id, source))
    if removed is None:
        session.add(RemovedNumber(team_id=team_id, source=source, number=number))
    else:
        removed.number = max(removed.number, number)


def _next_number(session: Session, team_id: int, source: str) -> int:
    """One that no address of the source has or had. Raises Refused where there are too many."""
    removed = select(RemovedNumber.number).where(RemovedNumber.team_id == team_id, RemovedNumber.source == source)
    highest = func.coalesce(func.max(IntakeEndpoint.number), 0)
    query = select(func.count(IntakeEndpoint.id), highest, func.coalesce(removed.scalar_subquery(), 0))
    numbers = session.execute(query.where(*named(team_id, source))).one()
    if numbers[0] >= MOST_ENDPOINTS:
        raise Refused(_("There are too many addresses of this source. Use or change one of them."))
    return int(max(numbers[1:])) + 1


def _require(session: Session, team_id: int, source: str, number: int) -> IntakeEndpoint:
    query = select(IntakeEndpoint).where(*named(team_id, source), IntakeEndpoint.number == number)
    row = session.scalar(query.with_for_update(of=IntakeEndpoint))
    if row is None:
        raise NotFound("no such endpoint")
    return row


def _clean_name(name: str) -> str:
    return tidy_name(name)[:LONGEST_NAME]
