"""Subscriptions of booking sources: whether a source sends, and whether a person wants it to."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class SubscriptionState(StrEnum):
    """Whether the source sends. The values are stored; none is ever renamed."""

    ACTIVE = "active"
    FAILING = "failing"
    """It could not reach us lately, and goes on trying."""
    DISABLED = "disabled"
    """It has given up, or somebody switched it off there: it has to be made anew."""
    GONE = "gone"


class Intent(StrEnum):
    """What a person last asked for; whatever the source has else is brought to that. The values are stored."""

    SUBSCRIBE = "subscribe"
    END = "end"


PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""How long a source that did not answer is left alone; the last one from then on."""


def pause_after(tries: int) -> timedelta:
    """How long to wait after *tries* in vain, of which there has been one."""
    return PAUSES[min(max(tries, 1), len(PAUSES)) - 1]
