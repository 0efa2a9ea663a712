"""Expansion of a feed's content in a worker process: whatever the content is, it ends, and nothing else does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hubsync.domain.busy_times import BusyTime, UnreadEvent, UnreadReason, Window
from hubsync.errors import FeedError, FeedTooCostly, FeedTooSlow, family
from hubsync.feeds.reading import SECONDS, Person
from hubsync.net.deadline import Deadline

_ROOT = Path(__file__).parent.parent.parent
_COMMAND = (sys.executable, "-P", "-m", "hubsync.feeds.worker")
_KEPT = ("PYTHONTZPATH", "LD_LIBRARY_PATH")


def expand_documents(
    documents: Sequence[bytes], window: Window, person: Person, deadline: Deadline
) -> tuple[tuple[BusyTime, ...], tuple[UnreadEvent, ...], str]:
    """The busy times of *documents* that touch *window*, the events that could not be read, and the feed's zone.

    Raises what `content.read_content` raises, FeedTooSlow where *deadline* leaves no time, and FeedTooCostly when
    the worker took too long or too much, and was ended.
    """
    seconds = deadline.within(SECONDS).left()
    if seconds <= 0:
        raise FeedTooSlow("No time was left to read it.")
    header = {
        "window": [window.start.timestamp(), window.end.timestamp()],
        "emails": sorted(person.emails),
        "zone": person.zone,
        "sizes": [len(each) for each in documents],
    }
    output = _run(b"".join([json.dumps(header).encode(), b"\n", *documents]), seconds)
    try:
        answer = json.loads(output)
    except ValueError:
        raise FeedTooCostly("Reading it took too much time or memory, and was ended.") from None
    if "fault" in answer:
        raise _fault(answer)
    busy = (BusyTime(*(datetime.fromtimestamp(each, UTC) for each in pair)) for pair in answer["busy"])
    return tuple(busy), tuple(_unread(*each) for each in answer["unread"]), answer["zone"]


def _run(given: bytes, seconds: float) -> bytes:
    # No setting and no secret of ours reaches the process that reads a stranger's file.
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PYTHONPATH"] = str(_ROOT)
    with subprocess.Popen(  # noqa: S603  # a command of ours, and no shell
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
    ) as process:
        try:
            output, _ = process.communicate(given, timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return b""
        except BaseException:
            process.kill()
            raise
    return output if process.returncode == 0 else b""


def _fault(answer: dict[str, Any]) -> FeedError:
    kind = family(FeedError).get(answer["fault"], FeedTooCostly)
    return kind(answer["message"])


def _unread(reason: str, day: str | None) -> UnreadEvent:
    return UnreadEvent(UnreadReason(reason), date.fromisoformat(day) if day else None)
