"""Retry schedule: growing pauses for five days."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
    *(timedelta(hours=24),) * 4,
)
"""The pause after the first attempt, the second and so on."""

MAX_ATTEMPTS = len(PAUSES) + 1
"""The first attempt included: 12."""

_JITTER = 0.2
_LONGEST_WAIT = timedelta(hours=48)
"""HubSpot asks for up to 24 h (477); a longer wish is a mistake somewhere on the way.

https://developers.hubspot.com/docs/api-reference/error-handling
"""


QUICK_ATTEMPTS = 2
"""After so many attempts that came too fast for HubSpot it is tried again as soon as HubSpot says."""


def as_soon_as_asked(now: datetime, retry_after: float, jitter: float) -> datetime:
    """When to try again after HubSpot was called too fast: not before *retry_after*, and not all at one instant.

    *jitter* in [-1, 1] adds up to half of it.
    """
    return now + timedelta(seconds=retry_after * (1.25 + 0.25 * max(-1.0, min(1.0, jitter))))


def next_attempt(attempts: int, now: datetime, retry_after: float | None, jitter: float) -> datetime | None:
    """When the next attempt is due after *attempts* of them (at least 1); None when they are used up.

    *retry_after* (seconds, as HubSpot asked) wins when it is longer than the pause. *jitter* in [-1, 1]
    moves the pause by up to 20 %, so that deliveries that failed together do not come back together.
    """
    if attempts < 1:
        raise ValueError("attempts starts at 1")
    if attempts >= MAX_ATTEMPTS:
        return None
    pause = PAUSES[attempts - 1] * (1 + _JITTER * max(-1.0, min(1.0, jitter)))
    if retry_after is not None and math.isfinite(retry_after) and retry_after > 0:
        asked = timedelta(seconds=min(retry_after, _LONGEST_WAIT.total_seconds()))
        pause = max(pause, asked)
    return now + pause
