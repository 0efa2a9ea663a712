"""Agenda of one host: finds what is in the way of a meeting, however much there is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from hubsync.domain.availability.hosts import Booked, HostTimes
from hubsync.domain.availability.refusals import Reason, Refusal
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.domain.availability.seconds import MINUTE, last_second, moment_of, next_second


class _Blocker(NamedTuple):
    """A booking or a busy time (seconds), and from when until when its buffers keep meetings away."""

    start: int
    end: int
    guarded_from: int
    guarded_until: int
    source: int | None


class _Latest:
    """Of the stretches that begin before an instant, which one ends last: an index with a running maximum.

    A meeting overlaps some stretch exactly if of those that begin before its end the one that ends last does.
    """

    def __init__(self, stretches: Iterable[tuple[int, int, _Blocker]]) -> None:
        self._begins: list[int] = []
        self._latest: list[tuple[int, _Blocker]] = []
        for begin, end, blocker in sorted(stretches, key=itemgetter(0)):
            self._begins.append(begin)
            ends_last = not self._latest or end > self._latest[-1][0]
            self._latest.append((end, blocker) if ends_last else self._latest[-1])

    def overlapping(self, start: int, end: int) -> _Blocker | None:
        before = bisect_left(self._begins, end)
        if not before:
            return None
        until, blocker = self._latest[before - 1]
        return blocker if until > start else None


class Agenda:
    """What blocks one host of a calendar with *rules*."""

    def __init__(self, times: HostTimes, rules: FreeTimeRules) -> None:
        self.host = times.host
        self._unreadable = (
            None if times.unreadable is None else Refusal(Reason.UNREADABLE, times.host, times.unreadable)
        )
        booked = [_of_booking(each, rules) for each in times.booked if each.start < each.end]
        busy = [
            _block(last_second(start), next_second(end), rules.buffer_after, rules.buffer_before, source)
            for start, end, source in times.busy
            if start < end
        ]
        self._booked = _Latest((each.start, each.end, each) for each in booked)
        self._busy = _Latest((each.start, each.end, each) for each in busy)
        self._guarded = _Latest((each.guarded_from, each.guarded_until, each) for each in (*booked, *busy))

    def refusal(self, start: int, end: int) -> Refusal | None:
        """Why this host cannot meet from *start* until *end* (seconds in UTC); None if nothing is in the way.

        A booking speaks before a busy time, and both before a buffer.
        """
        if self._unreadable is not None:
            return self._unreadable
        near = self._guarded.overlapping(start, end)
        if near is None:
            return None
        if (booked := self._booked.overlapping(start, end)) is not None:
            return self._say(Reason.BOOKED, booked)
        if (busy := self._busy.overlapping(start, end)) is not None:
            return self._say(Reason.BUSY, busy)
        return self._say(Reason.BUFFER_AFTER if near.end <= start else Reason.BUFFER_BEFORE, near)

    def _say(self, reason: Reason, blocker: _Blocker) -> Refusal:
        return Refusal(reason, self.host, blocker.source, moment_of(blocker.start), moment_of(blocker.end))


def _of_booking(booked: Booked, rules: FreeTimeRules) -> _Blocker:
    """Between two bookings of one calendar the longer buffer counts; another calendar's has none of this one's."""
    before, after = booked.buffer_before, booked.buffer_after
    if booked.same_calendar:
        before, after = max(before, rules.buffer_after), max(after, rules.buffer_before)
    return _block(last_second(booked.start), next_second(booked.end), before, after, None)


def _block(start: int, end: int, before: int, after: int, source: int | None) -> _Blocker:
    """A blocker that nothing may come closer to than *before* and *after* (minutes)."""
    return _Blocker(start, end, start - before * MINUTE, end + after * MINUTE, source)
