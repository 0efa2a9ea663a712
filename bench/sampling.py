"""A sampling profiler: where the time of a delivery goes, by part and not by function.

A timer interrupts the process many times in a second, and the time since it was interrupted last goes to the part
that was at work. It costs some two percent, whereas a profiler that looks at every call makes code with many small
functions look slow. A call into C that is not interrupted, such as a commit, gets all of its time at its end.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

EVERY_SECONDS = 0.0005

WAITING = "Waiting for HubSpot"
COMMITS = "Database: commits"
STATEMENTS = "Database: statements"
ORM = "Database: SQLAlchemy's Python"
HTTP = "HTTP: requests, urllib3"
OWN = "HubSync's own code"
OTHER = "Other libraries"
PARTS = (OWN, ORM, STATEMENTS, COMMITS, HTTP, OTHER, WAITING)

_IN_C = {
    ("/socket.py", "readinto"): WAITING,
    ("/sqlalchemy/engine/default.py", "do_commit"): COMMITS,
    ("/sqlalchemy/engine/default.py", "do_execute"): STATEMENTS,
    ("/sqlalchemy/engine/default.py", "do_execute_no_params"): STATEMENTS,
    ("/sqlalchemy/engine/default.py", "do_executemany"): STATEMENTS,
}
"""Functions that only wait for something or call C, by the end of their file: what is in them is no Python."""
_FOLDERS = {
    "/sqlalchemy/": ORM,
    "/flask_sqlalchemy/": ORM,
    "/requests/": HTTP,
    "/urllib3/": HTTP,
    "/http/client.py": HTTP,
    "/hubsync/": OWN,
    "/site-packages/": OTHER,
}
"""Where code lies, the first that fits; the standard library counts as whoever called it."""


class Samples:
    """Seconds by part, of *deliveries* altogether."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.deliveries = 0
        self._last = 0.0
        self._places: dict[tuple[str, str], str] = {}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Take samples of this thread, which has to be the main one, while the block runs: one delivery."""
        former = signal.signal(signal.SIGALRM, self._take)
        signal.siginterrupt(signal.SIGALRM, False)
        self._last = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, EVERY_SECONDS, EVERY_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, former)
            self.deliveries += 1

    def _take(self, _number: int, frame: FrameType | None) -> None:
        moment = time.perf_counter()
        self.seconds[self._part(frame)] += moment - self._last
        self._last = moment

    def _part(self, frame: FrameType | None) -> str:
        while frame is not None:
            part = self._place(frame.f_code.co_filename, frame.f_code.co_name)
            if part:
                return part
            frame = frame.f_back
        return OTHER

    def _place(self, file: str, function: str) -> str:
        """The part that code of this place belongs to, "" if to its caller's."""
        known = self._places.get((file, function))
        if known is None:
            in_c = (part for (end, name), part in _IN_C.items() if name == function and file.endswith(end))
            lies = (part for folder, part in _FOLDERS.items() if folder in file)
            known = self._places[file, function] = next(in_c, None) or next(lies, "")
        return known
