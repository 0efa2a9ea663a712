"""Open stretches of a calendar and the start times within them, as seconds in UTC.

A minute is open when the clock's face at that minute is within an interval. So of an interval, what the clocks
skip is not there, and what they show twice is there twice. Each interval is cut by the zone's offsets, within
which wall clock and UTC run alike.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from zoneinfo import ZoneInfo

from hubsync.domain.availability.opening_hours import OpeningHours
from hubsync.domain.availability.seconds import DAY, MINUTE, day_of, midnight_of
from hubsync.domain.availability.utc_offsets import offset_spans

Stretch = tuple[int, int]
"""From the first second until before the second one."""

_FARTHEST_OFFSET = DAY
"""No clock has ever been this far from UTC."""
_LONGEST_MEETING = DAY


class OpenTimes:
    """When a calendar is open around the dates *first* to *last* of its zone, and where meetings may start."""

    def __init__(self, hours: OpeningHours, zone: ZoneInfo, step_minutes: int, first: date, last: date) -> None:
        begin, end = midnight_of(first) - DAY, midnight_of(last) + DAY + _LONGEST_MEETING
        spans = offset_spans(zone, begin - _FARTHEST_OFFSET, end + _FARTHEST_OFFSET)
        step = step_minutes * MINUTE
        stretches: list[Stretch] = []
        starts: dict[int, date] = {}
        for midnight in range(begin, end + 1, DAY):
            day = day_of(midnight)
            for interval in hours.beginning_on(day):
                opens = midnight + interval.opens * MINUTE
                closes = opens + interval.minutes * MINUTE
                for span in spans:
                    low, high = max(opens, span.begin + span.offset), min(closes, span.end + span.offset)
                    if low >= high:
                        continue
                    stretches.append((low - span.offset, high - span.offset))
                    for wall in range(opens - (opens - low) // step * step, high, step):
                        starts[wall - span.offset] = day_of(wall)
        self._stretches = _merge(stretches)
        self._opens = [each[0] for each in self._stretches]
        self.starts = {start: day for start, day in sorted(starts.items()) if first <= day <= last}
        """The start times with their dates, in their order; a meeting may still be too long for some."""

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
