"""What somebody sees who waits: one line on the terminal that is written over, or a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
SECONDS = 5.0
"""Between two lines where the output is no terminal."""


def say(text: str) -> None:
    """Write a line of its own."""
    print(text, file=sys.stderr, flush=True)


def shown(what: str, items: Iterable[Item], of: int) -> Iterator[Item]:
    """Yield *items*, and say how many of *of* are done."""
    terminal = sys.stderr.isatty()
    began = last = time.monotonic()
    for done, item in enumerate(items):
        moment = time.monotonic()
        if terminal and moment - last > 0.1:
            print(f"\r  {what}: {done} of {of}", end="", file=sys.stderr, flush=True)
            last = moment
        elif not terminal and moment - last > SECONDS:
            say(f"  {what}: {done} of {of}")
            last = moment
        yield item
    start = "\r" if terminal else ""
    say(f"{start}  {what}: {of} done in {time.monotonic() - began:.1f} s")
