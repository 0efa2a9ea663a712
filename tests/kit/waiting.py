"""Waiting for an event, however long a busy machine takes for it."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST = 60.0
"""Seconds after which it is not going to happen."""


def wait_until(true: Callable[[], bool]) -> None:
    """Return as soon as *true* says so; fails when it never does."""
    ends = time.monotonic() + LONGEST
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    assert true()
