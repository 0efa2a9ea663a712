"""The sandbox's clock, which tests may move."""

import time
from datetime import UTC, datetime


class Clock:
    """Real time plus an offset; token expiry, search lag and record dates all use it."""

    def __init__(self) -> None:
        self.offset_seconds = 0.0

    def now(self) -> float:
        """Seconds since 1970, moved by the offset."""
        return time.time() + self.offset_seconds

    def now_iso(self) -> str:
        """The moment as HubSpot writes it, such as 2026-11-23T10:35:00.123Z."""
        return iso(self.now())


def iso(moment: float) -> str:
    """A moment in seconds since 1970 as HubSpot writes it: UTC, three digits of a second, Z."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
