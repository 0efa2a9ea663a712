"""Silence of a booking source: it has been quiet for longer than is usual for it, by its own history.

What is usual is read off the gaps between its bookings in the six weeks up to the last one. Weekends, holidays
and slow weeks are among them, so that a source has to be quiet for longer than it ever was, and for much longer
than it mostly is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

HISTORY = timedelta(weeks=6)
LEAST_HISTORY = timedelta(weeks=2)
LEAST_BOOKINGS = 8
LEAST_SILENCE = timedelta(days=3)
TIMES_USUAL = 3
MOST_READ = 5_000
"""More bookings than these say nothing more of what is usual."""


def silent_since(
    bookings: Sequence[datetime], now: datetime, watched_since: datetime | None = None
) -> datetime | None:
    """When the last of *bookings* came (aware, in any order), if it is unusually long ago at *now*; else None.

    A source with too short a history, or too few bookings in it, is never called silent. *watched_since* is since
    when anything could have come: before that it was not silent but not listened to.
    """
    if not bookings:
        return None
    last = max(bookings)
    within = sorted(each for each in bookings if each > last - HISTORY)
    if len(within) < LEAST_BOOKINGS or last - within[0] < LEAST_HISTORY:
        return None
    quiet = now - max(last, watched_since or last)
    return last if quiet > longest_usual(within) else None


def longest_usual(within: Sequence[datetime]) -> timedelta:
    """The longest gap that is nothing unusual behind *within*, at least two moments in their order."""
    gaps = sorted(later - earlier for earlier, later in pairwise(within))
    nine_tenths = gaps[(9 * len(gaps) - 1) // 10]
    return max(TIMES_USUAL * nine_tenths, LEAST_SILENCE, gaps[-1])
