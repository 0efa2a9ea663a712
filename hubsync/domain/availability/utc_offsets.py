"""UTC offsets of a zone over a stretch of time: between two changes of its clocks the offset is one.

zoneinfo tells the offset at an instant and no changes, so they are searched for by halving. In the zone database
two changes are never less than three days apart (Freetown in 1939), so a look each day misses none.
https://data.iana.org/time-zones/theory.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hubsync.domain.availability.seconds import DAY, moment_of, seconds_in


class OffsetSpan(NamedTuple):
    """From *begin* until before *end* (seconds in UTC) clocks are *offset* seconds ahead of UTC."""

    begin: int
    end: int
    offset: int


def offset_spans(zone: ZoneInfo, begin: int, end: int) -> list[OffsetSpan]:
    """The offsets from *begin* until before *end* (seconds in UTC), in their order and without a gap."""
    spans: list[OffsetSpan] = []
    since, offset = begin, _offset_at(zone, begin)
    for change in _changes(zone, begin, end):
        spans.append(OffsetSpan(since, change, offset))
        since, offset = change, _offset_at(zone, change)
    spans.append(OffsetSpan(since, end, offset))
    return spans


def _changes(zone: ZoneInfo, begin: int, end: int) -> Iterator[int]:
    """The first second of each other offset."""
    before, offset = begin, _offset_at(zone, begin)
    while before < end - 1:
        after = min(before + DAY, end - 1)
        there = _offset_at(zone, after)
        if there != offset:
            low, high = before, after
            while high - low > 1:
                middle = (low + high) // 2
                if _offset_at(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            yield high
        before, offset = after, there


def _offset_at(zone: ZoneInfo, second: int) -> int:
    return seconds_in(moment_of(second).astimezone(zone).utcoffset() or timedelta())
