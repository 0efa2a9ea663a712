"""Subscriptions: a team lets HubSync set its booking source up, with a token of the source's own API.

What pages call: `connect(endpoint_id, token, by=…)` with a token that a person pasted, `renew` for another secret
and address, `disconnect` to take HubSync out of the source again, and `disable`, which switches the endpoint off
as well. What became of it is `status.status_of(endpoint_id)`; each has an entry in the audit trail.

Everything is written down before the source is asked (`upkeep`), so that what a source that is down leaves undone
is done in the background.
"""

from __future__ import annotations

from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from hubsync.domain.audit import AuditAction
from hubsync.domain.subscriptions import Intent
from hubsync.errors import NotFound, Refused, SecretUnreadable, SourceError
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.isolation import log_unexpected
from hubsync.services.sources.account_faults import explain, refuse
from hubsync.services.sources.accounts import (
    account_of,
    change_account,
    client_of,
    give_back,
    locked_account,
    new_worker,
)
from hubsync.services.sources.endpoint_moves import move
from hubsync.services.sources.endpoints import audit_details, require_endpoint
from hubsync.services.sources.pasted_tokens import read_token, refuse_token, take_back, take_or_refuse, write_down
from hubsync.services.sources.upkeep import SECONDS, bring_about
from hubsync.services.teams.audit import record
from hubsync.sources.client import AccountHolder
from hubsync.store import db, end_read, write_transaction
from hubsync.store.leases import SUBSCRIPTION
from hubsync.store.sources import IntakeEndpoint, SourceAccount

ENDING_SECONDS = 10.0


def connect(endpoint_id: int, token: str, *, by: int | None) -> None:
    """Let the source of the endpoint send its bookings here, by the *token* that a person pasted.

    Another token of the same account replaces the one that is kept. Raises NotFound for an endpoint whose source
    has no API, and Refused at the field ``token`` for a token that is none, that the source does not take, that
    lacks a right, or that is somebody else's: nothing of it is kept then. A source that knows the token and is
    down afterwards is asked again in the background.
    """
    token = read_token(token)
    source = _source_of(endpoint_id)
    deadline = Deadline.after(SECONDS)
    holder = _look_up_holder(source, token, deadline)
    worker = new_worker()
    try:
        try:
            before = write_down(endpoint_id, token, holder, worker, by)
        except IntegrityError as fault:
            raise refuse_token(_("Somebody is connecting this source just now. Try again in a minute.")) from fault
        try:
            bring_about(endpoint_id, worker, deadline)
        except SourceError as fault:
            if fault.permanent:
                change_account(endpoint_id, worker, partial(take_back, before))
                raise refuse(source, fault) from fault
        if before.account is not None:  # the entry of a new account is made with its first subscription
            _record_token(endpoint_id, by)
    finally:
        give_back(worker)


def check_token(source: str, token: str) -> AccountHolder:
    """Whose *token* of *source* it is, before there is an endpoint. Raises as `connect` does; nothing is kept."""
    end_read()
    return _look_up_holder(source, read_token(token), Deadline.after(SECONDS))


def renew(endpoint_id: int, *, by: int | None) -> None:
    """Give the endpoint another secret and another address, and the source a new subscription before the old ends.

    Raises NotFound where no account is connected, Refused while an earlier change is still under way, or with what
    the source says against it; everything is as it was then.
    """
    source, worker = _source_of(endpoint_id), new_worker()
    take_or_refuse(endpoint_id, worker)
    try:
        with write_transaction() as session:
            row = locked_account(session, endpoint_id)
            if row is None or row.intent != Intent.SUBSCRIBE:
                raise NotFound("no account is connected")
            if row.former_id or not row.subscription_id:
                raise Refused(_("The last change is still under way. Try again in a few minutes."))
            if not tools().vault.can_open(row.token_sealed):  # the source cannot be told of another address
                raise Refused(explain(source, SecretUnreadable.code))
            move(row.endpoint)
            row.former_id, row.subscription_id, row.next_check_at = row.subscription_id, "", now()
            record(session, row.endpoint.team_id, by, AuditAction.SOURCE_SECRET_MADE, source=source)
        _finish(endpoint_id, worker, source)
    finally:
        give_back(worker)


def disconnect(endpoint_id: int, *, by: int | None) -> None:
    """Let the source send nothing more, and forget the token; the endpoint goes on taking what is proved.

    What a source that is down does not end is ended later. Raises NotFound where no account is connected.
    """
    if account_of(endpoint_id) is None:
        raise NotFound("no account is connected")
    _end(endpoint_id, by, disable=False)


def disable(endpoint_id: int, *, by: int | None) -> None:
    """Switch the endpoint off, and let its source send nothing more where an account is connected.

    What a source that is down does not end is ended later. Raises NotFound when there is no such endpoint.
    """
    _end(endpoint_id, by, disable=True)


def end_all(team_id: int) -> None:
    """End the subscriptions of a team that is about to be deleted, as far as its sources let us in a few seconds.

    Bookings that are still sent here are left alone.
    """
    query = select(SourceAccount.endpoint_id).join(IntakeEndpoint).where(IntakeEndpoint.team_id == team_id)
    endpoint_ids = list(db.session.scalars(query))
    end_read()
    deadline = Deadline.after(ENDING_SECONDS)
    for endpoint_id in endpoint_ids:
        with log_unexpected(f"ending the subscription of endpoint {endpoint_id}"):
            _end(endpoint_id, None, disable=True, deadline=deadline)


def _look_up_holder(source: str, token: str, deadline: Deadline) -> AccountHolder:
    try:
        return client_of(source).look_up_holder(token, deadline)
    except SourceError as fault:
        raise refuse(source, fault) from fault


def _record_token(endpoint_id: int, by: int | None) -> None:
    with write_transaction() as session:
        row = locked_account(session, endpoint_id)
        if row is not None:
            endpoint = row.endpoint
            details = {"source": endpoint.source, "account": row.shown}
            record(session, endpoint.team_id, by, AuditAction.SOURCE_CONNECTED, **details)


def _source_of(endpoint_id: int) -> str:
    endpoint = db.session.get(IntakeEndpoint, endpoint_id)
    end_read()
    if endpoint is None:
        raise NotFound("no such endpoint")
    return endpoint.source


def _end(endpoint_id: int, by: int | None, *, disable: bool, deadline: Deadline | None = None) -> None:
    source, worker = _source_of(endpoint_id), new_worker()
    mine = False
    with write_transaction() as session:
        endpoint = require_endpoint(session, endpoint_id)
        row = locked_account(session, endpoint_id)
        if disable and endpoint.disabled_at is None:
            endpoint.disabled_at = now()
            record(session, endpoint.team_id, by, AuditAction.SOURCE_DISABLED, **audit_details(endpoint))
        if row is not None and row.intent != Intent.END:
            row.intent, row.next_check_at, row.tries = Intent.END, now(), 0
            record(
                session, endpoint.team_id, by, AuditAction.SOURCE_DISCONNECTED, source=source, account=row.shown
            )
        session.flush()
        if row is not None:
            mine = SUBSCRIPTION.acquire(session, now(), SourceAccount.endpoint_id == endpoint_id, worker=worker)
    if not mine:  # somebody is asking the source just now, and the next round ends it
        return
    try:
        bring_about(endpoint_id, worker, deadline or Deadline.after(SECONDS))
    except (SourceError, SecretUnreadable):
        return  # noted: the background goes on
    finally:
        give_back(worker)


def _finish(endpoint_id: int, worker: str, source: str) -> None:
    """Bring about what was written down; what passes is left to the background."""
    try:
        bring_about(endpoint_id, worker, Deadline.after(SECONDS))
    except SourceError as fault:
        if fault.permanent:
            raise refuse(source, fault) from fault
