"""The clock of HubSync, turned; the stand-in's goes with it where both are in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import time_machine

from hubsync.services import now


@contextmanager
def later(**after: float) -> Iterator[None]:
    """HubSync's clock goes on from then; the sandbox's, too, as both are in this process."""
    with time_machine.travel(now() + timedelta(**after), tick=True):
        yield


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """HubSync's clock goes on from *moment*."""
    with time_machine.travel(moment, tick=True):
        yield
