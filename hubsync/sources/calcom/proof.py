"""Proof of a webhook of Cal.com: HMAC-SHA256 over the raw body, in hexadecimal."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from hubsync.errors import N_, ProofMissing
from hubsync.sources.source import Webhook

HEADER = "X-Cal-Signature-256"
NO_SECRET = "no-secret-provided"  # noqa: S105  # what is sent in place of a signature
"""The header of a webhook for which nobody has entered a secret; it proves nothing."""

_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.IGNORECASE | re.ASCII)


def prove(secret: str, raw: bytes, at: datetime) -> Webhook:
    """The webhook of somebody who signs *raw*; the time is not part of the signature."""
    return Webhook(raw, {HEADER: _digest(secret, raw)})


def verify(webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
    """Return when the header is the signature of the body with one of *secrets*; raises ProofMissing otherwise.

    There is no time in it: a webhook that is sent again is known by its booking's id.
    """
    header = webhook.headers.get(HEADER, "").strip()
    if header == NO_SECRET:
        raise ProofMissing(N_("No secret is entered at Cal.com, so that nothing is signed."))
    signature = header.lower() if _SIGNATURE.fullmatch(header) else ""
    fits = False
    for known in filter(None, secrets):
        fits |= hmac.compare_digest(_digest(known, webhook.body), signature)
    if not fits:
        raise ProofMissing(N_("The signature does not fit."))


def _digest(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode("utf-8"), raw, hashlib.sha256).hexdigest()
