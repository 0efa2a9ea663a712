"""Stop signals: the command waits for Ctrl-C or SIGTERM."""

from __future__ import annotations

import signal
import threading
from types import FrameType


def wait_for_stop() -> None:
    """Return at Ctrl-C or SIGTERM, so that what was started can be stopped in order."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not stopped.wait(1.0):  # a wait without end would not let the signal in on every system
            pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
