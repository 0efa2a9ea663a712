"""Clock skew: machines' clocks differ a little, and any clock may be set back, by an hour or by a year."""

from __future__ import annotations

from datetime import datetime, timedelta

SKEW = timedelta(minutes=5)
"""How far the clocks of two machines may be apart. What lies further ahead was written before a clock was set
back, and keeps nobody waiting."""


def is_ahead(until: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether *until*, which is never set further ahead than *longest*, is still to come."""
    return until is not None and now < until <= now + longest + SKEW
