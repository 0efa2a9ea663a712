"""Worker process that reads one feed's content within limits: ``python -m hubsync.feeds.worker``.

A loop in Python cannot be stopped in a thread, and memory is a process's. It takes a header of JSON in one line
and the documents after it on standard input, answers JSON on standard output, knows no setting and no secret, and
opens no connection. Nothing but the readers is imported, so that starting it takes no longer than reading.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO

from hubsync.domain.busy_times import Window
from hubsync.errors import FeedError, FeedTooCostly
from hubsync.feeds.content import Contents, CostTooHigh, read_content
from hubsync.feeds.reading import SECONDS, Person

MOST_MEMORY = 400_000_000
"""Bytes of address space, of which Python and the libraries take a part."""
EVENT_SECONDS = 1.0
"""Of processor time for one event or series; what takes longer is left out, and the others count."""


def main() -> None:
    """Read one feed from standard input and answer on standard output."""
    _limit_process()
    answer: dict[str, Any]
    try:
        answer = _write(_read(sys.stdin.buffer))
    except FeedError as fault:
        answer = {"fault": fault.code, "message": fault.message}
    except (MemoryError, RecursionError):
        answer = {"fault": FeedTooCostly.code, "message": "Reading it takes too much memory."}
    sys.stdout.write(json.dumps(answer))


def _read(stream: BinaryIO) -> Contents:
    header = json.loads(stream.readline())
    window = Window(*(datetime.fromtimestamp(each, UTC) for each in header["window"]))
    person = Person(frozenset(header["emails"]), header["zone"])
    documents = [stream.read(size) for size in header["sizes"]]
    return read_content(documents, window, person, _bounded)


def _write(contents: Contents) -> dict[str, Any]:
    return {
        "busy": [[int(each.start.timestamp()), int(each.end.timestamp())] for each in contents.busy],
        "unread": [[each.reason, each.day.isoformat() if each.day else None] for each in contents.unread],
        "zone": contents.zone,
    }


def _limit_process() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, int(SECONDS)),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))


@contextmanager
def _bounded() -> Iterator[None]:
    """Raise CostTooHigh within this block once it has taken EVENT_SECONDS."""

    def end(*_: object) -> None:
        raise CostTooHigh

    signal.signal(signal.SIGVTALRM, end)
    # Again and again: raised where Python takes no exception (a finalizer), one alone would be lost.
    signal.setitimer(signal.ITIMER_VIRTUAL, EVENT_SECONDS, EVENT_SECONDS / 4)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


if __name__ == "__main__":
    main()
