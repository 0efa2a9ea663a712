"""Secret of signed JSON, written so that one secret serves both ways of signing."""

from __future__ import annotations

import base64

PREFIX = "whsec_"


def write_secret(random: bytes) -> str:
    """*random* as Standard Webhooks write a secret: there the bytes are the key, in our own header the text is."""
    return PREFIX + base64.b64encode(random).decode("ascii")
