"""Free times found minute by minute, as one would with a clock and a list: slow, plain, and sharing no code.

Of the product it has only the types that it is asked with, and the names of the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.availability.opening_hours import Interval
from hubsync.domain.availability.refusals import Reason
from hubsync.domain.availability.rules import Fixed, FreeTimeRules

ONE_DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60


def face_of(shown: datetime) -> int:
    """What a clock shows, as one number: the minutes of all days before it and of its own."""
    assert shown.second == shown.microsecond == 0, "a clock of these years is whole minutes ahead"
    return shown.toordinal() * MINUTES_A_DAY + shown.hour * 60 + shown.minute


@lru_cache(maxsize=1000)
def minutes_in_utc(day: date) -> list[datetime]:
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return [begin + number * A_MINUTE for number in range(MINUTES_A_DAY)]


@lru_cache(maxsize=1000)
def faces(zone: ZoneInfo, day: date) -> list[int]:
    """The face of *zone*'s clock at each minute of a *day* in UTC."""
    return [face_of(each.astimezone(zone)) for each in minutes_in_utc(day)]


@dataclass(frozen=True)
class Expected:
    """What is to be said of a start time: who is free, the calendar's word, and what may be said of each host.

    Of a host the bookings (None) and each busy calendar speak for themselves.
    """

    day: date
    hosts: tuple[int, ...]
    of_calendar: Reason | None
    of_hosts: Mapping[int, Mapping[int | None, set[Reason]]]


def expected_times(
    rules: FreeTimeRules,
    hosts: Sequence[HostTimes],
    now: datetime,
    bookings_per_day: Mapping[date, int],
    first: date,
    last: date,
) -> dict[datetime, Expected]:
    """Each start time of the dates *first* to *last* by its instant in UTC."""
    clock = Clock(rules, first, last)
    duration = timedelta(minutes=rules.duration_minutes)
    found = {}
    for index in [index for index, face in enumerate(clock.shown) if face in clock.starts]:
        if clock.is_open_throughout(index):
            instant, face = clock.instants[index], clock.shown[index]
            day = date.fromordinal(face // MINUTES_A_DAY)
            words = {each.host: words_of(each, rules, instant, instant + duration) for each in hosts}
            free = tuple(each.host for each in hosts if not words[each.host])
            word = word_of_calendar(rules, instant, day, now, bool(hosts))
            most = rules.most_a_day
            if word is None and free and most is not None and bookings_per_day.get(day, 0) >= most:
                word = Reason.DAY_FULL
            if word in (None, Reason.DAY_FULL):
                of_hosts = {host: each for host, each in words.items() if each}
            else:
                of_hosts = {}
            found[instant] = Expected(day, free if word is None else (), word, of_hosts)
    return found


class Clock:
    """The minutes around some dates, what the calendar's clock shows then, and when that is within its hours."""

    def __init__(self, rules: FreeTimeRules, first: date, last: date) -> None:
        self.instants: list[datetime] = []
        self.shown: list[int] = []
        self.open: set[int] = set()
        self.starts: set[int] = set()
        self.duration = rules.duration_minutes
        for number in range(-1, (last - first).days + 3):
            self.instants += minutes_in_utc(first + number * ONE_DAY)
            self.shown += faces(rules.zone, first + number * ONE_DAY)
        for number in range(-3, (last - first).days + 5):
            day = first + number * ONE_DAY
            for interval in rules.hours.days.get(day, rules.hours.weekly[day.weekday()]):
                minutes = minutes_of(day, interval)
                self.open.update(minutes)
                self.starts.update(minutes[:: rules.step_minutes])
        begin, end = (each.toordinal() * MINUTES_A_DAY for each in (first, last + ONE_DAY))
        self.starts = {face for face in self.starts if begin <= face < end}

    def is_open_throughout(self, index: int) -> bool:
        return self.open.issuperset(self.shown[index : index + self.duration])


def minutes_of(day: date, interval: Interval) -> range:
    """Each minute of the clock's face from the opening until before the closing."""
    midnight = day.toordinal() * MINUTES_A_DAY
    opening, closing = midnight + interval.opens, midnight + interval.closes
    return range(opening, closing if closing > opening else closing + MINUTES_A_DAY)


def word_of_calendar(
    rules: FreeTimeRules, start: datetime, day: date, now: datetime, has_hosts: bool
) -> Reason | None:
    if start < now:
        return Reason.PAST
    if isinstance(rules.period, Fixed):
        if day > rules.period.last:
            return Reason.BEYOND_PERIOD
        if day < rules.period.first:
            return Reason.NOT_OPEN_YET
    elif day > now.astimezone(rules.zone).date() + rules.period.days * ONE_DAY:
        return Reason.BEYOND_PERIOD
    if start - now < rules.notice_minutes * A_MINUTE:
        return Reason.NOTICE
    return None if has_hosts else Reason.NO_HOST


def words_of(
    host: HostTimes, rules: FreeTimeRules, start: datetime, end: datetime
) -> dict[int | None, set[Reason]]:
    """What may be said against a meeting, by who says it; empty if the host is free."""
    words: dict[int | None, set[Reason]] = {}
    if host.unreadable is not None:
        words[host.unreadable] = {Reason.UNREADABLE}
    booked = [each for each in host.booked if each.start < each.end]
    if any(overlap(each, start, end) for each in booked):
        words[None] = {Reason.BOOKED}
    else:
        near: set[Reason] = set()
        for each in booked:
            before, after = each.buffer_before, each.buffer_after
            if each.same_calendar:
                before, after = max(before, rules.buffer_after), max(after, rules.buffer_before)
            near |= too_close(each, start, end, before, after)
        words[None] = near
    for source in sorted({each.source for each in host.busy} - {host.unreadable}):
        busy = [each for each in host.busy if each.start < each.end and each.source == source]
        if any(overlap(each, start, end) for each in busy):
            words[source] = {Reason.BUSY}
        else:
            each_near = [too_close(each, start, end, rules.buffer_after, rules.buffer_before) for each in busy]
            words[source] = set().union(*each_near)
    return {speaker: each for speaker, each in words.items() if each}


def overlap(blocker: Busy | Booked, start: datetime, end: datetime) -> bool:
    return max(blocker.start, start) < min(blocker.end, end)


def too_close(blocker: Busy | Booked, start: datetime, end: datetime, before: int, after: int) -> set[Reason]:
    """Of a blocker that does not overlap: the gaps that it wants before and after itself, in minutes."""
    if blocker.end <= start:
        return {Reason.BUFFER_AFTER} if start - blocker.end < after * A_MINUTE else set()
    return {Reason.BUFFER_BEFORE} if blocker.start - end < before * A_MINUTE else set()
