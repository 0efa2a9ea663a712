"""Accounts at booking sources: their rows, whose work they are just now, and the client that asks for each."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.subscriptions import Intent, pause_after
from hubsync.errors import (
    NotFound,
    SecretUnreadable,
    SourceBusy,
    SourceError,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
)
from hubsync.services import now, tools
from hubsync.services.sources.endpoints import address_of, secret_place
from hubsync.services.teams.audit import record
from hubsync.sources.client import AccountHolder, SourceClient
from hubsync.store import db, end_read, write_transaction
from hubsync.store.leases import SUBSCRIPTION
from hubsync.store.sources import SourceAccount

EVERY = timedelta(hours=24)
FOR_A_PERSON = (SourceTokenRefused, SourceRightMissing, SourceRefused)
"""What a source refuses until a person does something there, or pastes another token."""
WAITING_FOR_A_PERSON = tuple(each.code for each in (*FOR_A_PERSON, SecretUnreadable))
"""The codes of what no next round ends."""
POLL_SECONDS = 0.2
PATIENCE = 5.0


@dataclass(frozen=True)
class OpenedAccount:
    """An account with everything that calls need; *address* and *secret* are those of its endpoint now."""

    endpoint_id: int
    team_id: int
    source: str
    intent: Intent
    holder: AccountHolder
    subscription_id: str
    former_id: str
    tries: int
    address: str = field(repr=False)
    token: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def client(self) -> SourceClient:
        """Who asks the source."""
        return client_of(self.source)


def client_of(source: str) -> SourceClient:
    """The client of *source*. Raises NotFound for one that has no API."""
    try:
        return tools().source_clients[source]
    except KeyError:
        raise NotFound("this source has no API") from None


def account_of(endpoint_id: int) -> SourceAccount | None:
    """The account of an endpoint as it is stored now."""
    return db.session.scalar(_row_of(endpoint_id).execution_options(populate_existing=True))


def locked_account(session: Session, endpoint_id: int) -> SourceAccount | None:
    """The account, locked until the transaction ends where the database locks rows."""
    return session.scalar(_row_of(endpoint_id).with_for_update(of=SourceAccount))


def open_account(endpoint_id: int) -> OpenedAccount | None:
    """The account with its secrets, None where there is none. Raises SecretUnreadable when no key opens them."""
    row = account_of(endpoint_id)
    end_read()
    if row is None:
        return None
    endpoint, vault = row.endpoint, tools().vault
    return OpenedAccount(
        endpoint_id=endpoint_id,
        team_id=endpoint.team_id,
        source=endpoint.source,
        intent=row.intent,
        holder=AccountHolder(row.account, row.shown, row.scope, row.details),
        subscription_id=row.subscription_id,
        former_id=row.former_id,
        tries=row.tries,
        address=address_of(endpoint),
        token=vault.open(token_place(endpoint_id), row.token_sealed),
        secret=vault.open(secret_place(endpoint_id), endpoint.secret_sealed),
    )


def token_place(endpoint_id: int) -> str:
    """What the account's token is sealed for."""
    return f"source-account:{endpoint_id}"


def new_worker() -> str:
    """A name for whoever takes the lease of an account."""
    return secrets.token_hex(8)


def take(endpoint_id: int, worker: str, *which: ColumnElement[bool]) -> bool:
    """Let *worker* alone ask the source for this account, if it is *which*; whether it may now."""
    with write_transaction() as session:
        of_endpoint = SourceAccount.endpoint_id == endpoint_id
        return SUBSCRIPTION.acquire(session, now(), of_endpoint, *which, worker=worker)


def take_patiently(endpoint_id: int, worker: str) -> bool:
    """`take`, waiting a little for whoever is at it: a person is waiting."""
    ends = time.monotonic() + PATIENCE
    while not take(endpoint_id, worker):
        if account_of(endpoint_id) is None or time.monotonic() > ends:
            end_read()
            return False
        end_read()
        time.sleep(POLL_SECONDS)
    return True


def give_back(worker: str) -> None:
    """Let others ask the source."""
    with write_transaction() as session:
        SUBSCRIPTION.release(session, worker)


def change_account(endpoint_id: int, worker: str, change: Callable[[Session, SourceAccount], None]) -> bool:
    """Let *change* write to the account, if *worker* still has it; whether it has."""
    with write_transaction() as session:
        row = locked_account(session, endpoint_id)
        if row is None or row.worker != worker:
            return False
        change(session, row)
        return True


def note_answer(row: SourceAccount) -> None:
    """The source answered, and all is well with the account; the caller commits."""
    row.checked_at = now()
    if row.intent == Intent.SUBSCRIBE and not row.former_id:  # what is to be ended is still due
        row.next_check_at = now() + EVERY
    row.tries, row.problem_code, row.problem_said, row.problem_at = 0, "", "", None


def note_problem(session: Session, row: SourceAccount, code: str, fault: SourceError | None = None) -> None:
    """Note what keeps the account from being as it should, and when to ask again; the caller commits.

    What waits for a person stands in the audit trail, once for as long as it lasts.
    """
    lasting = fault is None or isinstance(fault, FOR_A_PERSON)
    if row.problem_code != code:
        row.problem_code, row.problem_at = code, now()
        if lasting:
            endpoint = row.endpoint
            record(
                session,
                endpoint.team_id,
                None,
                AuditAction.SOURCE_REFUSED,
                source=endpoint.source,
                account=row.shown,
            )
    row.problem_said = said_by(fault)[:255]
    row.tries += 1
    pause = EVERY if lasting else pause_after(row.tries)
    row.next_check_at = now() + (
        timedelta(seconds=fault.pause_seconds) if isinstance(fault, SourceBusy) else pause
    )


def said_by(fault: SourceError | None) -> str:
    """What the source itself wrote about a refusal, in one line."""
    return str(getattr(fault, "missing", "") or getattr(fault, "said", ""))


def _row_of(endpoint_id: int) -> Select[SourceAccount]:
    return select(SourceAccount).where(SourceAccount.endpoint_id == endpoint_id)
