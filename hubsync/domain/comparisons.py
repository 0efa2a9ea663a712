"""Comparisons with a source's own list of bookings: when one is made, and what of the list is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

BEHIND = timedelta(days=1)
"""So far back are appointments looked at that have been."""
AHEAD = timedelta(days=400)
"""So far ahead can guests book, whatever the source."""
AT_NIGHT = 3
"""The hour of the team's night at which it is made."""
LONGEST_RUN = timedelta(days=2)
"""Whatever has not come to its end by then is begun anew: its place in the list may be worth nothing by then."""


class ComparisonState(StrEnum):
    """What a comparison is doing. The values are stored; none is ever renamed."""

    RESTING = "resting"
    RUNNING = "running"


def next_night(moment: datetime, time_zone: str, spread: int) -> datetime:
    """The first night behind *moment* (aware), in *time_zone*, as UTC; *spread* keeps all from coming at once."""
    there = moment.astimezone(ZoneInfo(time_zone))
    night = there.replace(hour=AT_NIGHT, minute=spread % 60, second=0, microsecond=0, fold=0)
    if night.astimezone(moment.tzinfo) <= moment:
        night += timedelta(days=1)
    return night.astimezone(moment.tzinfo)
