"""Static token: the sender knows what TimeRex showed when the webhook was made.

TimeRex signs nothing: its token proves the sender, not the body, and a recorded request can be sent again. What is
sent again is the same booking, which is taken once.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from hubsync.errors import N_, ProofMissing
from hubsync.sources.source import Webhook

HEADERS = ("x-timerex-authorization", "authorization")
"""TimeRex sends the first one; an older page of its help names the second."""

_BEARER = re.compile(r"Bearer(?:\s+|$)", re.IGNORECASE)


def prove(secret: str, raw: bytes, at: datetime) -> Webhook:
    """The webhook of somebody who knows the token; neither *raw* nor the time is part of the proof."""
    return Webhook(raw, {HEADERS[0]: secret})


def verify(webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
    """Return when one of the headers is one of the tokens; raises ProofMissing otherwise.

    "Bearer" before it does not count, in the header nor in what was entered. Every header is compared with every
    token, each in constant time.
    """
    sent = [_token(webhook.headers.get(name, "")) for name in HEADERS]
    fits = False
    for known in filter(None, map(_token, secrets)):
        for token in sent:
            fits |= hmac.compare_digest(known, token)
    if not fits:
        raise ProofMissing(N_("The token does not fit."))


def _token(text: str) -> bytes:
    return _BEARER.sub("", text.strip(), count=1).encode("utf-8", "surrogatepass")
