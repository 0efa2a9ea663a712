"""Moves of an endpoint: it gets another address and another secret, and the former ones count for a while.

A source that cannot change the address of a subscription, or its secret, is given a new subscription before the
old one is ended. Every function is called inside `write_transaction`, with a row of its session.
"""

from __future__ import annotations

import secrets

from hubsync.services import now, tools
from hubsync.services.sources.endpoints import FORMER_COUNTS, former_place, new_secret, secret_place
from hubsync.store.sealed_text import NOTHING
from hubsync.store.sources import IntakeEndpoint


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
