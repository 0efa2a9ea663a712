"""Open stretches of a calendar and the start times within them, as seconds in UTC.

A minute is open when the clock's face at that minute is within an interval. So of an interval, what the clocks
skip is not there, and what they show twice is there twice. Each interval is cut by the zone's offsets, within
which wall clock and UTC run alike.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from hubsync.domain.availability.opening_hours import OpeningHours
from hubsync.domain.availability.seconds import DAY, MINUTE, date_of, day_number
from hubsync.domain.availability.utc_offsets import offset_spans

Stretch = tuple[int, int]
"""From the first second until before the second one."""

_BEFORE, _AFTER = 1, 2
"""Days before and after those that are asked for whose intervals matter: hours go on past midnight, a meeting
begins late and is as long as a day, and clocks may skip a whole day meanwhile."""


class OpenTimes:
    """When a calendar is open around the dates *first* to *last* of its zone, and where meetings may start."""

    def __init__(self, hours: OpeningHours, zone: ZoneInfo, step_minutes: int, first: date, last: date) -> None:
        first_day, last_day = day_number(first), day_number(last)
        days = range(first_day - _BEFORE, last_day + _AFTER + 1)
        # No clock was ever a day away from UTC.
        spans = offset_spans(zone, (days[0] - 1) * DAY, (days[-1] + 2) * DAY)
        step = step_minutes * MINUTE
        stretches: list[Stretch] = []
        starts: dict[int, int] = {}
        for day in days:
            for interval in hours.beginning_on(date_of(day)):
                opens = day * DAY + interval.opens * MINUTE
                closes = opens + interval.minutes * MINUTE
                for begin, end, offset in spans:
                    low, high = max(opens, begin + offset), min(closes, end + offset)
                    if low >= high:
                        continue
                    stretches.append((low - offset, high - offset))
                    low = max(low, first_day * DAY)
                    low += (opens - low) % step
                    for wall in range(low, min(high, (last_day + 1) * DAY), step):
                        starts[wall - offset] = wall // DAY
        self._stretches = _merge(stretches)
        self._opens = [each[0] for each in self._stretches]
        self._starts = starts

    def meetings(self, seconds: int) -> Iterator[tuple[int, int]]:
        """The starts of meetings that last *seconds*, in their order, each with the `day_number` of its date."""
        stretches = iter(self._stretches)
        end = -DAY * DAY
        for start, day in sorted(self._starts.items()):
            while end <= start:  # each start is within one of them
                _begin, end = next(stretches)
            if start + seconds <= end:
                yield start, day

    def day_of_start(self, start: int) -> int | None:
        """The `day_number` of *start* if it is a start time, however long the meeting is."""
        return self._starts.get(start)

    def are_open(self, start: int, end: int) -> bool:
        """Whether every minute from *start* until before *end* is open."""
        index = bisect_right(self._opens, start) - 1
        return index >= 0 and end <= self._stretches[index][1]


def _merge(stretches: list[Stretch]) -> list[Stretch]:
    """Those that overlap or touch become one, so that a meeting may run across."""
    merged: list[Stretch] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged
