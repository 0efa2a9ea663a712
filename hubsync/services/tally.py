"""Tally of what one process does, until it is added to what all of them did (`operations/kept_numbers`).

Counting must not slow a delivery down, nor let deliveries wait for each other at one row, so it is done in memory.
A process that is killed takes with it what it counted since the last round of background work.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

ATTEMPTS = "attempts"
CALLS = "hubspot_calls"
CALL_SECONDS = "hubspot_call_seconds"
CALL_TIMES = "hubspot_call_times"
TIMES = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Bounds, in seconds, under which calls are counted by how long they took; no call takes much longer."""
NO_ANSWER = "no_answer"

Counted = tuple[str, str]
"""What is counted: its name and its label, such as ``attempts`` and ``posted``."""


class Tally:
    """Counts, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Counted] = Counter()

    def note_attempt(self, outcome: str) -> None:
        """An attempt at a delivery ended in this state."""
        self.add({(ATTEMPTS, outcome): 1})

    def note_call(self, status: int | None, seconds: float) -> None:
        """HubSpot was asked, and answered with *status* after so many seconds; None for no whole answer."""
        bound = next((str(each) for each in TIMES if seconds <= each), "inf")
        label = str(status) if status is not None else NO_ANSWER
        self.add({(CALLS, label): 1, (CALL_SECONDS, "sum"): seconds, (CALL_TIMES, bound): 1})

    def add(self, counts: Mapping[Counted, float]) -> None:
        """Count these as well; also what `take` gave out and could not be kept."""
        with self._lock:
            for counted, number in counts.items():
                self._counts[counted] += number  # type: ignore[assignment]  # a Counter adds up floats too

    def take(self) -> dict[Counted, float]:
        """What was counted since the last time."""
        with self._lock:
            taken, self._counts = dict(self._counts), Counter()
        return dict(taken)
