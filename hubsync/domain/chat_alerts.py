"""Words of chat alerts: what they tell, and why one could not be sent."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

MOST_OF_A_TEAM = 5
LONGEST_ADDRESS = 1_000
OF_USE_FOR = timedelta(days=1)
"""An alert that could not be tried for so long is not sent any more."""
STOPPED_AFTER = timedelta(minutes=2)
"""Whoever took an alert so long ago has been stopped; whether it arrived is not known."""

_SHOWN = 4
_LONG_ENOUGH = 32


class AlertKind(StrEnum):
    """What an alert tells. The values are stored; none is ever renamed."""

    TROUBLE = "trouble_alert"
    NEWS = "news_alert"
    WORKS_AGAIN = "works_again"


class AlertFault(StrEnum):
    """Why an address was not taken, or an alert not sent. The values are stored; none is ever renamed."""

    INVALID = "chat_invalid"
    NOT_HTTPS = "chat_not_https"
    PRIVATE = "chat_private"
    REFUSED = "chat_refused"
    REDIRECTED = "chat_redirected"
    UNREACHABLE = "chat_unreachable"
    TOO_SLOW = "chat_too_slow"
    STOPPED = "chat_stopped"
    UNREADABLE = "chat_unreadable"
    FAILED = "chat_failed"


def mask_address(address: str) -> str:
    """What may be shown of *address*: how it begins and, of a long one, how it ends."""
    scheme, _colon, rest = address.partition("://")
    return f"{scheme[:20]}://…{rest[-_SHOWN:] if len(rest) >= _LONG_ENOUGH else ''}"
