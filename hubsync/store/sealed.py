"""Secrets at rest: encrypted with keys that are not SECRET_KEY, and bound to the place they belong to."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from hubsync.errors import SecretUnreadable


class Vault:
    """Seals with the newest key and opens with any; *keys* are Fernet keys, newest first.

    Fernet authenticates no context (https://cryptography.io/en/latest/fernet/), so a sealed text copied from
    one row to another would open there; therefore the place is sealed in and compared.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, place: str, secret: str) -> str:
        """Return *secret* sealed for *place*, such as ``"team:3:access token"``."""
        return self._fernet.encrypt(json.dumps([place, secret]).encode()).decode()

    def open(self, place: str, sealed: str) -> str:
        """Return the secret. Raises SecretUnreadable when no key opens it or it was sealed for another place."""
        try:
            found, secret = json.loads(self._fernet.decrypt(sealed.encode()))
        except InvalidToken as fault:
            raise SecretUnreadable("none of HUBSYNC_ENCRYPTION_KEYS opens this secret") from fault
        if found != place:
            raise SecretUnreadable("this secret was sealed for another place")
        return str(secret)
