"""A fair semaphore: so many pages are made at a time, and whoever asked first is first.

Threads of one process share one interpreter, so twenty pages that are made side by side all take as long as twenty
pages. Two at a time keep the processor as busy, and each is ready when its own work is done (the figures are in
bench/RESULTS.md under *page*).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Turns:
    """Lets at most *places* threads be inside :meth:`turn`; the others wait and are let in by order of arrival.

    ``threading.Semaphore`` would not do: there a thread that comes may go in before one that was waiting.
    """

    def __init__(self, places: int) -> None:
        self._lock = Lock()
        self._free = places
        self._waiting: deque[Lock] = deque()

    @property
    def waiting(self) -> int:
        """So many threads wait at this moment."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a place and have it until the block ends, in whatever way."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        called.acquire()

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
