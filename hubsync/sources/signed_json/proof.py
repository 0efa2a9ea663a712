"""Proof of signed JSON: the body comes from somebody who knows the secret, and is no replay.

It is carried by our own header or by those of Standard Webhooks. In both the time stamp is part of what is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hubsync.sources.signed_json import standard_webhooks
from hubsync.sources.signed_json.age import TOLERANCE_SECONDS, TOO_FAR
from hubsync.sources.source import Webhook
from hubsync.sources.time_stamped import TimeStampedSignature

HEADER = "X-HubSync-Signature"
HEADERS = (HEADER, *standard_webhooks.HEADERS)

_OWN = TimeStampedSignature(HEADER, TOLERANCE_SECONDS, TOO_FAR)

prove = _OWN.prove
"""The webhook of somebody who signs with our own header."""


def verify(webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
    """Return when the headers prove the body; raises ProofMissing otherwise.

    Our own header decides where it is there. Any of several secrets will do, so that a secret can be changed
    without losing a booking. *now* is aware.
    """
    if webhook.headers.get(HEADER):
        _OWN.verify(webhook, secrets, now)
    else:
        standard_webhooks.verify(webhook, secrets, now)


def message_id(webhook: Webhook) -> str:
    """What a proved webhook's headers call the message; empty where that was no part of the proof."""
    return "" if webhook.headers.get(HEADER) else webhook.headers.get(standard_webhooks.ID, "")
