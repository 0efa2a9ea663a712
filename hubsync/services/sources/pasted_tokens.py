"""Pasted token: read, kept as an account's in the place of the one before, and taken back where it is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.subscriptions import Intent
from hubsync.errors import Refused
from hubsync.services import now, tools
from hubsync.services.sources.accounts import account_of, locked_account, take_patiently, token_place
from hubsync.services.sources.endpoint_setup import new_secret
from hubsync.services.sources.endpoints import require_endpoint, secret_place
from hubsync.services.sources.upkeep import drop_account
from hubsync.sources.client import AccountHolder
from hubsync.store import end_read, write_transaction
from hubsync.store.leases import SUBSCRIPTION
from hubsync.store.sources import IntakeEndpoint, SourceAccount

LONGEST_TOKEN = 4096
_REPLACED = (
    SourceAccount.token_sealed,
    SourceAccount.shown,
    SourceAccount.scope,
    SourceAccount.details,
    SourceAccount.intent,
)
"""What a new token of an account replaces of it."""


@dataclass(frozen=True)
class Before:
    """What a new token takes the place of: *account* are columns of the account, None where there was none."""

    account: Mapping[str, Any] | None = field(repr=False)
    disabled_at: datetime | None


def read_token(typed: str) -> str:
    """The token that somebody pasted, without what surrounds it. Raises Refused saying what is wrong with it."""
    token = typed.strip()
    if not token:
        raise refuse_token(_("Paste the token."))
    if token.lower().startswith(("bearer ", "authorization:")):
        raise refuse_token(_("Paste the token alone, without the words before it."))
    if re.search(r"\s", token):
        raise refuse_token(_("There are spaces or line breaks in it. Copy the token once more."))
    if not (token.isascii() and token.isprintable()) or len(token) > LONGEST_TOKEN:
        raise refuse_token(_("This cannot be a token: it is too long, or has characters in it that no token has."))
    return token


def write_down(endpoint_id: int, token: str, holder: AccountHolder, worker: str, by: int | None) -> Before:
    """Keep the account for *worker*; what was before. Raises Refused."""
    if account_of(endpoint_id) is not None:
        end_read()
        take_or_refuse(endpoint_id, worker)
    end_read()
    with write_transaction() as session:
        endpoint = require_endpoint(session, endpoint_id)
        row = locked_account(session, endpoint_id)
        _refuse_another(session, endpoint, row, holder)
        account = None if row is None else {each.key: getattr(row, each.key) for each in _REPLACED}
        before = Before(account, endpoint.disabled_at)
        if row is None:
            row = SourceAccount(
                endpoint_id=endpoint_id, account=holder.account[:255], connected_by_id=by, connected_at=now()
            )
            session.add(row)
            for name, value in SUBSCRIPTION.taken(now(), worker).items():
                setattr(row, name, value)
        elif row.worker != worker:  # somebody was at it at the same instant
            raise refuse_token(_("Somebody is connecting this source just now. Try again in a minute."))
        row.shown, row.scope, row.details = holder.shown[:255], holder.scope[:255], dict(holder.details)
        row.token_sealed = tools().vault.seal(token_place(endpoint_id), token)
        row.intent, row.next_check_at, row.tries = Intent.SUBSCRIBE, now(), 0
        endpoint.disabled_at = None
        if not tools().vault.can_open(endpoint.secret_sealed):
            endpoint.secret_sealed = tools().vault.seal(secret_place(endpoint_id), new_secret(endpoint.source))
    return before


def take_back(before: Before, session: Session, row: SourceAccount) -> None:
    """Let what was before count again, but for what somebody has asked for meanwhile; the caller commits.

    A token of before is asked with at once: it may do what the other one may not.
    """
    if row.endpoint.disabled_at is None:
        row.endpoint.disabled_at = before.disabled_at
    if before.account is None:
        drop_account(session, row)
        return
    is_ending = row.intent == Intent.END
    for name, value in before.account.items():
        setattr(row, name, value)
    row.intent = Intent.END if is_ending else row.intent
    row.next_check_at = now()


def take_or_refuse(endpoint_id: int, worker: str) -> None:
    """Let *worker* alone ask the source, after a while. Raises Refused while somebody else does."""
    if not take_patiently(endpoint_id, worker) and account_of(endpoint_id) is not None:
        end_read()
        raise refuse_token(_("HubSync is asking the source just now. Try again in a minute."))
    end_read()


def refuse_token(message: str) -> Refused:
    """*message* as a refusal at the field of the token."""
    return Refused(message, field="token")


def _refuse_another(
    session: Session, endpoint: IntakeEndpoint, row: SourceAccount | None, holder: AccountHolder
) -> None:
    """Raise Refused for a token of another account, or of one that another endpoint has."""
    if row is not None and row.account != holder.account[:255]:
        raise refuse_token(
            _(
                "This token belongs to %(holder)s, and %(known)s is connected. Disconnect that one first.",
                holder=holder.shown,
                known=row.shown,
            )
        )
    twice = session.scalar(
        select(SourceAccount.id)
        .join(IntakeEndpoint)
        .where(
            IntakeEndpoint.team_id == endpoint.team_id,
            IntakeEndpoint.source == endpoint.source,
            IntakeEndpoint.id != endpoint.id,
            SourceAccount.account == holder.account[:255],
        )
    )
    if twice is not None:
        raise refuse_token(_("%(holder)s is connected already, at another address.", holder=holder.shown))
