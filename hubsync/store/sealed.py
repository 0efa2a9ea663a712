"""Encryption of secrets at rest, with keys that are not SECRET_KEY, bound to the row they belong to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Column

from hubsync.errors import SecretUnreadable
from hubsync.store.sealed_text import Sealed, SealedText
from hubsync.store.tables import METADATA

NO_KEY = "none of HUBSYNC_ENCRYPTION_KEYS opens this secret"


class Vault:
    """Seals with the newest key and opens with any; *keys* are Fernet keys, newest first.

    Fernet authenticates no context (https://cryptography.io/en/latest/fernet/), so a sealed text copied from
    one row to another would open there; therefore the place is sealed in and compared.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._fernet = MultiFernet([self._newest, *(Fernet(key) for key in keys[1:])])

    def seal(self, place: str, secret: str) -> Sealed:
        """Return *secret* sealed for *place*, such as ``"team:3:access token"``."""
        return Sealed(self._fernet.encrypt(json.dumps([place, secret]).encode()).decode())

    def open(self, place: str, sealed: Sealed) -> str:
        """Return the secret. Raises SecretUnreadable when no key opens it or it was sealed for another place."""
        try:
            found, secret = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken as fault:
            raise SecretUnreadable(NO_KEY) from fault
        if found != place:
            raise SecretUnreadable("this secret was sealed for another place")
        return str(secret)

    def is_sealed_with_newest(self, sealed: Sealed) -> bool:
        """Whether *sealed* needs no other key than the newest."""
        return _opens(self._newest, sealed)

    def can_open(self, sealed: Sealed) -> bool:
        """Whether any of the keys opens *sealed*, for whatever place it was sealed."""
        return _opens(self._fernet, sealed)

    def reseal(self, sealed: Sealed) -> Sealed:
        """Return the same secret for the same place, sealed with the newest key.

        Raises SecretUnreadable when no key opens it.
        """
        try:
            return Sealed(self._fernet.rotate(sealed.encode()).decode())
        except InvalidToken as fault:
            raise SecretUnreadable(NO_KEY) from fault


def sealed_columns() -> Iterator[Column[Any]]:
    """Every column that holds sealed texts, by its type; their names end in ``_sealed``, and no others do."""
    for table in METADATA.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, SealedText))


def _opens(fernet: Fernet | MultiFernet, sealed: Sealed) -> bool:
    try:
        fernet.decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True
