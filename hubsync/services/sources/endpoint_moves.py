"""Moves of an endpoint: it gets another address and another secret, and the former ones count for a while.

A source that cannot change the address of a subscription, or its secret, is given a new subscription before the
old one is ended. Every function but the last is called inside `write_transaction`, with a row of its session.
"""

from __future__ import annotations

import secrets

from sqlalchemy import or_, select, update

from hubsync.services import now, tools
from hubsync.services.sources.endpoint_setup import FORMER_COUNTS, new_secret
from hubsync.services.sources.endpoints import former_place, secret_place
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sealed_text import NOTHING
from hubsync.store.sources import IntakeEndpoint, SourceAccount


def move(row: IntakeEndpoint) -> None:
    """Give *row* a new address and secret. Raises SecretUnreadable when no key opens the one it has."""
    vault = tools().vault
    former = vault.open(secret_place(row.id), row.secret_sealed)
    row.former_sealed = vault.seal(former_place(row.id), former)
    row.secret_sealed = vault.seal(secret_place(row.id), new_secret(row.source))
    row.former_token, row.token = row.token, secrets.token_urlsafe(24)
    keep_former(row)


def keep_former(row: IntakeEndpoint) -> None:
    """Let the former address and secret count for a day from now: something is still sent there."""
    row.former_until = now() + FORMER_COUNTS


def move_back(row: IntakeEndpoint) -> bool:
    """Undo `move`: nothing was ever sent to the new address. Whether that is possible still.

    It is not where somebody has ended the former secret meanwhile.
    """
    if row.former_token is None or not row.former_sealed:
        return False
    vault = tools().vault
    former = vault.open(former_place(row.id), row.former_sealed)
    row.secret_sealed = vault.seal(secret_place(row.id), former)
    row.token, row.former_token = row.former_token, None
    row.former_sealed, row.former_until = NOTHING, None
    return True


def clear_former() -> None:
    """Clear the former secrets and addresses whose day is over: they count no more, and are kept for nothing.

    While a source has not ended the former subscription, they are what `move_back` goes back to.
    """
    under_way = select(SourceAccount.id).where(
        SourceAccount.endpoint_id == IntakeEndpoint.id, SourceAccount.former_id != ""
    )
    are_over = (
        or_(IntakeEndpoint.former_sealed != "", IntakeEndpoint.former_token.is_not(None)),
        or_(IntakeEndpoint.former_until.is_(None), IntakeEndpoint.former_until <= now()),
        ~under_way.exists(),
    )
    found = db.session.scalar(select(IntakeEndpoint.id).where(*are_over).limit(1))
    end_read()
    if found is not None:
        nothing = {"former_sealed": NOTHING, "former_token": None, "former_until": None}
        with write_transaction() as session:
            session.execute(update(IntakeEndpoint).where(*are_over).values(nothing))
