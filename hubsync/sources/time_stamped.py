"""Time-stamped signature: a header ``t=<unix>,v1=<hex>``, an HMAC-SHA256 over the time and the body.

Several schedulers sign so, each in a header of its own and with a tolerance of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hubsync.errors import N_, ProofMissing
from hubsync.sources.source import Webhook

_LONGEST_HEADER = 1_000
_TIME_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class TimeStampedSignature:
    """The proof in *header*; its time may be *tolerance_seconds* off, and *too_far* says that it was not."""

    header: str
    tolerance_seconds: int
    too_far: str

    def prove(self, secret: str, raw: bytes, at: datetime) -> Webhook:
        """The webhook of somebody who signs *raw* at *at* (aware)."""
        time_stamp = str(int(at.timestamp()))
        return Webhook(raw, {self.header: f"t={time_stamp},v1={_digest(secret, time_stamp, raw)}"})

    def verify(self, webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
        """Return when the header proves the body; raises ProofMissing otherwise. *now* is aware.

        Any of several ``v1`` and any of several secrets will do, so that a secret can be changed without losing a
        booking. Only who knows a secret is told that the time is too far off: a clock that is wrong shows so.
        """
        time_stamp, signatures = _read(webhook.headers.get(self.header, ""))
        fits = False
        for known in filter(None, secrets):
            expected = _digest(known, time_stamp, webhook.body)
            for signature in signatures:
                fits |= hmac.compare_digest(expected, signature)
        if not fits:
            raise ProofMissing(N_("The signature does not fit."))
        if abs(now.timestamp() - int(time_stamp)) > self.tolerance_seconds:
            raise ProofMissing(self.too_far)


def _read(header: str) -> tuple[str, list[str]]:
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
