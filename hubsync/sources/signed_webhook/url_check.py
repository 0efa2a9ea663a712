"""Answer to a sender that asks whether an address is ours, as Zoom does at first and every 72 hours."""

from __future__ import annotations

import re
from typing import Any

from hubsync.errors import N_, BodyUnreadable
from hubsync.sources.signed_webhook.entries import meets
from hubsync.sources.signed_webhook.paths import find, place_of
from hubsync.sources.signed_webhook.presets import UrlCheck
from hubsync.sources.signed_webhook.proof import hex_digest
from hubsync.sources.source import Reply

_TOKEN = re.compile(r"[A-Za-z0-9_.+/=-]{1,200}")


def answer_url_check(check: UrlCheck, sent: Any, secret: str) -> Reply | None:
    """The token with its HMAC; None for a body that asks nothing, BodyUnreadable where its token is none.

    It comes signed like everything else. A token with a colon would be the text of a signature (``v0:t:body``):
    the answer to it would be one.
    """
    if not meets(sent, check.when):
        return None
    token = find(sent, check.token)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        reason = N_("is missing") if token is None else N_("cannot be read")
        raise BodyUnreadable(faults=((place_of(check.token), reason),))
    return Reply({check.plain: token, check.proof: hex_digest(secret, token)})
