"""Fingerprints: the hash that is stored of a secret or of an id that only has to be recognised."""

from __future__ import annotations

import hashlib


def fingerprint(text: str) -> str:
    """The SHA-256 of *text*, in hex. Plain is enough for what is random and long, such as our tokens.

    Text of strangers may hold characters that no encoding has; these count as themselves.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
