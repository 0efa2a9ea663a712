"""Standard Webhooks: the second way to prove a body, that of many tools.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md; their own library makes
the signature that has to come. Its ``verify`` is not used: it asks the clock, parses the body, and breaks at a
signature that is written differently.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError
from standardwebhooks.webhooks import Webhook as Signer

from hubsync.errors import N_, ProofMissing
from hubsync.sources.signed_json.age import require_recent
from hubsync.sources.signed_json.secret import PREFIX
from hubsync.sources.source import Webhook

ID = "webhook-id"
TIME_STAMP = "webhook-timestamp"
SIGNATURE = "webhook-signature"
HEADERS = (ID, TIME_STAMP, SIGNATURE)

_LONGEST_HEADER = 2_000
_ID = re.compile(r"[!-~]{1,255}")
_SECONDS = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_SIGNED = re.compile(r"v1,[A-Za-z0-9+/]{43}=", re.ASCII)


def verify(webhook: Webhook, secrets: Sequence[str], now: datetime) -> None:
    """Return when the headers prove the body; raises ProofMissing otherwise.

    Any of several ``v1`` signatures and any of several secrets will do. *now* is aware.
    """
    message_id, time_stamp, signatures = _read_headers(webhook.headers)
    require_recent(time_stamp, now)
    fits = False
    for known in filter(None, secrets):
        expected = sign(known, message_id, datetime.fromtimestamp(time_stamp, UTC), webhook.body)
        for signature in signatures:
            fits |= hmac.compare_digest(expected, signature)
    if not fits:
        raise ProofMissing(N_("The signature does not fit."))


def sign(secret: str, message_id: str, at: datetime, raw: bytes) -> str:
    """The signature of *raw* at *at* (aware); empty for what nobody signs: no text, or no secret.

    A secret without the prefix is one from before we wrote it: its text is the key.
    """
    try:
        signer = Signer(secret if secret.startswith(PREFIX) else secret.encode("utf-8"))
        return signer.sign(message_id, at, raw.decode("utf-8"))
    except (ValueError, EmptyWebhookSecretError):
        return ""


def _read_headers(headers: Mapping[str, str]) -> tuple[str, int, list[str]]:
    """Message id, time stamp, and all signatures of version 1 that are written as the specification has them."""
    message_id, time_stamp, signatures = (headers.get(name, "") for name in HEADERS)
    readable = _ID.fullmatch(message_id) and _SECONDS.fullmatch(time_stamp)
    if not readable or len(signatures) > _LONGEST_HEADER:
        raise ProofMissing(N_("The signature header cannot be read."))
    return message_id, int(time_stamp), [each for each in signatures.split() if _SIGNED.fullmatch(each)]
