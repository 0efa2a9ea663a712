"""The same as the replay, with ten thousand missed bookings."""

from __future__ import annotations

from bench.replay import replay
from bench.report import Report

MANY = 10_000


def run(tiny: bool = False) -> Report:
    """Replay 10,000 missed bookings; takes a quarter of an hour and is no part of `all`."""
    return replay("backlog", 10 if tiny else MANY)
