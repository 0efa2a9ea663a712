"""Loading the program: what is imported stays, so that nobody need look for garbage among it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import inside of this: a process starts and ends in two thirds of the time.

    Python looks through all objects there are whenever there are some more, hundreds of times in a start, and once
    more at the end. What was loaded is left out of that from here on.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
