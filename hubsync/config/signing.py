"""Signing of what browsers and guests carry and hand back: HMAC-SHA256, by the secret key.

What was signed by a former key (HUBSYNC_SECRET_KEY_FALLBACKS) is still good; nothing is signed by one any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from hubsync.config import settings

_SIGNER: dict[str, Any] = {"digest_method": hashlib.sha256}


def signing_keys() -> Sequence[str]:
    """The secret key and the former ones, the newest first."""
    return settings().secret_key, *settings().secret_key_fallbacks


def serializer(salt: str) -> URLSafeSerializer:
    """Signs what is good for ever; one *salt* for each purpose."""
    return URLSafeSerializer(_oldest_first(), salt=salt, signer_kwargs=_SIGNER)


def timed_serializer(salt: str) -> URLSafeTimedSerializer:
    """Signs what has an age; one *salt* for each purpose."""
    return URLSafeTimedSerializer(_oldest_first(), salt=salt, signer_kwargs=_SIGNER)


def _oldest_first() -> list[str]:
    return list(reversed(signing_keys()))
