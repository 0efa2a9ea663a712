"""Proof of signed JSON: the body comes from somebody who knows the secret, and is no replay.

It is carried by our own header or by those of Standard Webhooks. In both the time stamp is part of what is signed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from hubsync.errors import N_, ProofMissing
from hubsync.sources.signed_json import standard_webhooks
from hubsync.sources.signed_json.age import require_recent
from hubsync.sources.source import Webhook

HEADER = "X-HubSync-Signature"
HEADERS = (HEADER, *standard_webhooks.HEADERS)

_LONGEST_HEADER = 1_000
_TIME_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.IGNORECASE | re.ASCII)


def prove(secret: str, raw: bytes, at: datetime) -> Webhook:
    """The webhook of somebody who signs *raw* at *at* (aware)."""
    time_stamp = str(int(at.timestamp()))
    return Webhook(raw, {HEADER: f"t={time_stamp},v1={_digest(secret, time_stamp, raw)}"})


def verify(webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
    """Return when the headers prove the body; raises ProofMissing otherwise.

    Our own header decides where it is there. It is ``t=<unix>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">``; any of
    several ``v1`` and any of several secrets will do, so that a secret can be changed without losing a booking.
    *now* is aware.
    """
    if not webhook.headers.get(HEADER):
        standard_webhooks.verify(webhook, secrets, now)
        return
    time_stamp, signatures = _read_header(webhook.headers[HEADER])
    require_recent(int(time_stamp), now)
    fits = False
    for known in filter(None, secrets):
        expected = _digest(known, time_stamp, webhook.body)
        for signature in signatures:
            fits |= hmac.compare_digest(expected, signature)
    if not fits:
        raise ProofMissing(N_("The signature does not fit."))


def message_id(webhook: Webhook) -> str:
    """What a proved webhook's headers call the message; empty where that was no part of the proof."""
    return "" if webhook.headers.get(HEADER) else webhook.headers.get(standard_webhooks.ID, "")


def _read_header(header: str) -> tuple[str, list[str]]:
    """The one time stamp as sent, and all well-formed signatures in lower case."""
    if len(header) > _LONGEST_HEADER:
        raise ProofMissing(N_("The signature header cannot be read."))
    pairs = [part.strip().partition("=") for part in header.split(",")]
    time_stamps = [value for name, _, value in pairs if name == "t"]
    if len(time_stamps) != 1 or not _TIME_STAMP.fullmatch(time_stamps[0]):
        raise ProofMissing(N_("The signature header cannot be read."))
    return time_stamps[0], [v.lower() for name, _, v in pairs if name == "v1" and _SIGNATURE.fullmatch(v)]


def _digest(secret: str, time_stamp: str, raw: bytes) -> str:
    signed = time_stamp.encode("ascii") + b"." + raw
    return hmac.new(secret.encode("utf-8"), signed, hashlib.sha256).hexdigest()
