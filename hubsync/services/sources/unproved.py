"""Counts of what came without a proof, kept in memory so that a flood of it is no flood of writes.

The first one at an address is listed at once, because somebody may be setting its sender up; what follows within
some seconds is counted here, and listed with the next one after them or by the background.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from hubsync.domain.received import Result

Kind = tuple[int, Result]
"""The endpoint it came to, and what became of it there."""

Faults = Sequence[tuple[str, str]]
"""(place, reason): why it was refused."""

LISTED_EVERY = timedelta(seconds=5)
"""One process writes no more than one line or count of a kind within this time."""


class UnprovedCounts:
    """How many came to each endpoint with each result that are not listed yet, and when some were listed last.

    Of the faults those of the last one are kept.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Kind, tuple[int, Faults]] = {}
        self._listed_at: dict[Kind, datetime] = {}

    def add(self, kind: Kind, faults: Faults, moment: datetime) -> int:
        """Count one more at *moment*; how many are to be listed now, 0 for those that wait."""
        with self._lock:
            waiting = self._waiting.get(kind, (0, ()))[0] + 1
            last = self._listed_at.get(kind)
            if last is not None and timedelta() <= moment - last < LISTED_EVERY:
                self._waiting[kind] = waiting, faults
                return 0
            self._waiting.pop(kind, None)
            self._listed_at[kind] = moment
            return waiting

    def take_waiting(self, moment: datetime) -> dict[Kind, tuple[int, Faults]]:
        """How many of each kind wait, with the last one's faults: they are to be listed now."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            kept = {each: at for each, at in self._listed_at.items() if moment - at < LISTED_EVERY}
            self._listed_at = kept | dict.fromkeys(waiting, moment)
            return waiting
