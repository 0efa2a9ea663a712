"""States of a replay, the posting of missed bookings."""

from __future__ import annotations

from enum import StrEnum


class ReplayState(StrEnum):
    """What a replay is doing, or how it ended."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    """Before its end: by a person, or because access or the plan is gone."""
