"""Retry schedules: growing pauses between tries; those of deliveries go on for five days."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Retries:
    """How long after each try the next one comes. After the last pause nothing is tried any more, or, *endless*,
    the last pause is the one between all further tries, until what is tried is of no use: whatever the other side
    says, somebody may mend what is in the way.
    """

    pauses: tuple[timedelta, ...]
    endless: bool = False

    def pause(self, tries: int) -> timedelta | None:
        """How long to wait after *tries* (at least 1) that began; None when that was the last one."""
        if tries < 1:
            raise ValueError("counting starts at 1")
        if self.is_last(tries):
            return None
        return self.pauses[min(tries, len(self.pauses)) - 1]

    def next_try(self, tries: int, now: datetime) -> datetime | None:
        """When to try again after *tries* that began, the last one at *now*; None when that was the last one."""
        pause = self.pause(tries)
        return None if pause is None else now + pause

    def is_last(self, tries: int) -> bool:
        """Whether there is no other after so many *tries*."""
        return not self.endless and tries > len(self.pauses)


DELIVERIES = Retries(
    (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=10),
        *(timedelta(hours=24),) * 4,
    )
)
MAX_ATTEMPTS = len(DELIVERIES.pauses) + 1
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
    usual = DELIVERIES.pause(attempts)
    if usual is None:
        return None
    pause = usual * (1 + _JITTER * max(-1.0, min(1.0, jitter)))
    if retry_after is not None and math.isfinite(retry_after) and retry_after > 0:
        asked = timedelta(seconds=min(retry_after, _LONGEST_WAIT.total_seconds()))
        pause = max(pause, asked)
    return now + pause
