"""Agenda of one host: finds what is in the way of a meeting, however much there is."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.availability.refusals import Reason, Refusal
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.domain.availability.seconds import MINUTE, last_second, next_second


class _Blocker(NamedTuple):
    """A booking or a busy time, in seconds; *number* is its place in the list that it came in."""

    start: int
    end: int
    number: int


class _Latest:
    """Of the blockers that begin before an instant, which one ends last: an index with a running maximum.

    A meeting overlaps some blocker exactly if of those that begin before its end the one that ends last does.
    """

    def __init__(self, blockers: list[_Blocker]) -> None:
        self._begins: list[int] = []
        self._latest: list[_Blocker] = []
        last: _Blocker | None = None
        for blocker in sorted(blockers):
            if last is None or blocker.end > last.end:
                last = blocker
            self._begins.append(blocker.start)
            self._latest.append(last)

    def overlapping(self, start: int, end: int) -> _Blocker | None:
        before = bisect_left(self._begins, end)
        if not before:
            return None
        latest = self._latest[before - 1]
        return latest if latest.end > start else None


class Agenda:
    """What blocks one host of a calendar with *rules*."""

    def __init__(self, times: HostTimes, rules: FreeTimeRules) -> None:
        self.host = times.host
        self._times = times
        self._before, self._after = rules.buffer_before * MINUTE, rules.buffer_after * MINUTE
        busy = [
            _Blocker(last_second(start), next_second(end), number)
            for number, (start, end, _source) in enumerate(times.busy)
            if start < end
        ]
        self._busy = _Latest(busy)
        self._busy_blockers = busy
        self._by_source: list[tuple[int, _Latest]] | None = None
        booked = [
            (_Blocker(last_second(each.start), next_second(each.end), number), each)
            for number, each in enumerate(times.booked)
            if each.start < each.end
        ]
        self._booked = _Latest([blocker for blocker, _each in booked])
        self._guarded = _Latest([self._guard(blocker, each) for blocker, each in booked])

    def _guard(self, blocker: _Blocker, booked: Booked) -> _Blocker:
        """*blocker* with the time around it that a meeting of this calendar stays clear of.

        Between two bookings of one calendar the longer buffer counts; another calendar's has none of this one's.
        """
        before, after = booked.buffer_before * MINUTE, booked.buffer_after * MINUTE
        if booked.same_calendar:
            before, after = max(before, self._after), max(after, self._before)
        return _Blocker(blocker.start - before, blocker.end + after, blocker.number)

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing is in the way of a meeting from *start* until *end* (seconds in UTC)."""
        return (
            self._times.unreadable is None
            and self._guarded.overlapping(start, end) is None
            and self._busy.overlapping(start - self._before, end + self._after) is None
        )

    def refusals(self, start: int, end: int) -> tuple[Refusal, ...]:
        """Why this host cannot meet from *start* until *end* (seconds in UTC); none if nothing is in the way.

        First what one's bookings say, then one word of each busy calendar that has something against it. Each says
        the worst that it has: what overlaps before what is too near, and of several the one that ends last.
        """
        return () if self.is_free(start, end) else tuple(self._all_refusals(start, end))

    def _all_refusals(self, start: int, end: int) -> Iterator[Refusal]:
        if self._times.unreadable is not None:
            yield Refusal(Reason.UNREADABLE, self.host, self._times.unreadable)
        if (blocker := self._booked.overlapping(start, end)) is not None:
            yield self._say(Reason.BOOKED, self._times.booked[blocker.number])
        elif (blocker := self._guarded.overlapping(start, end)) is not None:
            yield self._say_near(start, self._times.booked[blocker.number])
        for source, busy in self._each_source():
            if source == self._times.unreadable:
                continue
            if (blocker := busy.overlapping(start, end)) is not None:
                yield self._say(Reason.BUSY, self._times.busy[blocker.number])
            elif (blocker := busy.overlapping(start - self._before, end + self._after)) is not None:
                yield self._say_near(start, self._times.busy[blocker.number])

    def _each_source(self) -> list[tuple[int, _Latest]]:
        """The busy times of each busy calendar by itself, sorted when somebody first asks why."""
        if self._by_source is None:
            found: dict[int, list[_Blocker]] = defaultdict(list)
            for blocker in self._busy_blockers:
                found[self._times.busy[blocker.number].source].append(blocker)
            self._by_source = [(source, _Latest(found[source])) for source in sorted(found)]
        return self._by_source

    def _say_near(self, start: int, blocker: Busy | Booked) -> Refusal:
        is_after = next_second(blocker.end) <= start
        return self._say(Reason.BUFFER_AFTER if is_after else Reason.BUFFER_BEFORE, blocker)

    def _say(self, reason: Reason, blocker: Busy | Booked) -> Refusal:
        source = blocker.source if isinstance(blocker, Busy) else None
        return Refusal(reason, self.host, source, blocker.start, blocker.end)
