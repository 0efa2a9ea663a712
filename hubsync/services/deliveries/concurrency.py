"""Bulkhead: at most half of a process's threads post at a time, so that pages answer while HubSpot is slow."""

from __future__ import annotations

import threading

USUAL_THREADS = 24


class ThreadShare:
    """The places of one process for guests' requests that post to HubSpot."""

    def __init__(self, threads: int = USUAL_THREADS) -> None:
        self._lock = threading.Lock()
        self._posting = 0
        self._places = _half(threads)

    def set_threads(self, threads: int) -> None:
        """Say how many threads the process serves with; gunicorn's configuration calls this."""
        with self._lock:
            self._places = _half(threads)

    @property
    def posting(self) -> int:
        """How many post now, or wait for their turn."""
        return self._posting

    def take(self) -> bool:
        """Take a place; False when half of the threads post already. It is released with `release`."""
        with self._lock:
            if self._posting >= self._places:
                return False
            self._posting += 1
            return True

    def release(self) -> None:
        with self._lock:
            self._posting -= 1


def _half(threads: int) -> int:
    return max(1, threads // 2)
