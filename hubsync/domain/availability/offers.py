"""Offers: every start time of a calendar, with who is free then and why it is not offered.

    offers = Offers(rules, hosts, now, bookings_per_day)
    offers.between(first_day, last_day)     # for each day all start times, offered or not
    offers.at(start)                        # the same answer for one instant, whoever sent it
    offers.is_offered(start)
    offers.nearest(start, 3)                # the offered times around an instant
    offers.first_from(moment)               # the next offered time

What is asked for again and again is asked of one `Offers`: it has sorted what the hosts are busy with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from hubsync.domain.availability.agenda import Agenda
from hubsync.domain.availability.hosts import HostTimes
from hubsync.domain.availability.open_times import OpenTimes
from hubsync.domain.availability.refusals import Reason, Refusal
from hubsync.domain.availability.rules import FIRST_DATE, LAST_DATE, FreeTimeRules
from hubsync.domain.availability.seconds import DAY, MINUTE, last_second, midnight_of, moment_of, next_second

MOST_DAYS = 800
"""Days that are looked at in one go."""


class StartTime(NamedTuple):
    """A time at which a meeting may start, offered or not.

    *start* is the instant, in UTC. *local* is the same in the calendar's zone: where clocks show a time twice, its
    ``fold`` and its offset tell which turn it is. (Python compares two times of one zone by the clock's face, so
    both turns are equal: compare *start*.) *hosts* are those who are free, in the order in which they were given;
    none where it is not offered. *refusals* say why: one of the calendar, or one for each host who is not free.
    """

    start: datetime
    local: datetime
    hosts: tuple[int, ...]
    refusals: tuple[Refusal, ...]

    @property
    def is_offered(self) -> bool:
        return bool(self.hosts)


class Day(NamedTuple):
    """The start times with this *date* by the calendar's clock, in their order."""

    date: date
    times: tuple[StartTime, ...]

    @property
    def offered(self) -> tuple[StartTime, ...]:
        return tuple(each for each in self.times if each.is_offered)


class Offers:
    """The free times of a calendar as they are at *now* (aware).

    *bookings_per_day* is how many bookings of this calendar start on each of its dates, cancelled ones left out.
    """

    def __init__(
        self,
        rules: FreeTimeRules,
        hosts: Sequence[HostTimes],
        now: datetime,
        bookings_per_day: Mapping[date, int] | None = None,
    ) -> None:
        self._rules = rules
        self._duration = rules.duration_minutes * MINUTE
        self._agendas = [Agenda(each, rules) for each in hosts]
        self._now = next_second(now)
        self._earliest = self._now + rules.notice_minutes * MINUTE
        self._bookable = rules.bookable_days(now)
        self._booked = bookings_per_day or {}

    def between(self, first: date, last: date) -> tuple[Day, ...]:
        """Each day from *first* to *last* of the calendar's zone, both included, with all its start times.

        Times outside the opening hours are not among them. Raises ValueError for more than `MOST_DAYS`.
        """
        number = (last - first).days + 1
        if number > MOST_DAYS:
            raise ValueError("too many days at once")
        days: dict[date, list[StartTime]] = {first + timedelta(days=each): [] for each in range(number)}
        for time, day in self._times(max(first, FIRST_DATE), min(last, LAST_DATE)):
            days[day].append(time)
        return tuple(Day(day, tuple(times)) for day, times in days.items())

    def at(self, start: datetime) -> StartTime:
        """What is to be said of the instant *start* (aware, whoever sent it), by the same rules.

        What is past or beyond the period is refused as that, whether or not it is within the opening hours.
        """
        second = last_second(start)
        if second < self._now or self._bookable is None:
            return self._refused(start, Reason.PAST if second < self._now else Reason.BEYOND_PERIOD)
        if second > midnight_of(self._bookable[1]) + 2 * DAY:
            return self._refused(start, Reason.BEYOND_PERIOD)
        day = self._date_at(second)
        hours = self._open_times(day, day)
        if not hours.are_open(second, second + self._duration):
            return self._refused(start, Reason.OUTSIDE_HOURS)
        if second not in hours.starts or second != next_second(start):
            return self._refused(start, Reason.OFF_STEP)
        return self._start_time(second, day)

    def is_offered(self, start: datetime) -> bool:
        """Whether a meeting may be booked that begins at the instant *start* (aware)."""
        return self.at(start).is_offered

    def first_from(self, moment: datetime) -> StartTime | None:
        """The first offered time at *moment* (aware) or later."""
        if self._bookable is None:
            return None
        first, last = self._bookable
        second, days = next_second(moment), 1
        day = self._nearest_day(second, first, last)
        while day <= last:
            until = min(last, day + timedelta(days=days - 1))
            for time, _day in self._times(day, until):
                if time.is_offered and last_second(time.start) >= second:
                    return time
            day, days = until + timedelta(days=1), days * 2
        return None

    def nearest(self, start: datetime, count: int = 3) -> tuple[StartTime, ...]:
        """The *count* offered times that are nearest to the instant *start* (aware), in their order.

        Of two that are equally near the earlier one is taken.
        """
        if self._bookable is None:
            return ()
        first, last = self._bookable
        second, days = last_second(start), 1
        middle = self._nearest_day(second, first, last)
        while True:
            low, high = max(first, middle - timedelta(days=days)), min(last, middle + timedelta(days=days))
            offered = [
                (abs(last_second(time.start) - second), time)
                for time, _day in self._times(low, high)
                if time.is_offered
            ]
            closest = sorted(offered, key=itemgetter(0))[:count]
            farthest = closest[-1][0] if len(closest) == count else None
            # What was not looked at is farther than a day beyond these midnights, whatever the offset.
            is_left_done = low == first or (farthest is not None and second - farthest >= midnight_of(low) + DAY)
            is_right_done = high == last or (farthest is not None and second + farthest <= midnight_of(high))
            if is_left_done and is_right_done:
                return tuple(sorted((time for _distance, time in closest), key=itemgetter(0)))
            days *= 2

    def _times(self, first: date, last: date) -> Iterator[tuple[StartTime, date]]:
        """All start times of the days from *first* to *last* with their dates, in their order."""
        hours = self._open_times(first, last)
        for start, day in hours.starts.items():
            if hours.are_open(start, start + self._duration):
                yield self._start_time(start, day), day

    def _open_times(self, first: date, last: date) -> OpenTimes:
        return OpenTimes(self._rules.hours, self._rules.zone, self._rules.step_minutes, first, last)

    def _date_at(self, second: int) -> date:
        return moment_of(second).astimezone(self._rules.zone).date()

    def _nearest_day(self, second: int, first: date, last: date) -> date:
        """The day of *second*, or whichever of *first* and *last* it is beyond."""
        within = min(max(second, midnight_of(first)), midnight_of(last) + DAY)
        return min(max(self._date_at(within), first), last)

    def _start_time(self, start: int, day: date) -> StartTime:
        hosts, refusals = self._judge(start, start + self._duration, day)
        moment = moment_of(start)
        return StartTime(moment, moment.astimezone(self._rules.zone), hosts, refusals)

    def _refused(self, start: datetime, reason: Reason) -> StartTime:
        if FIRST_DATE < start.date() < LAST_DATE:
            start, local = start.astimezone(UTC), start.astimezone(self._rules.zone)
        else:
            local = start  # the first and the last year of Python have no room for offsets
        return StartTime(start, local, (), (Refusal(reason),))

    def _judge(self, start: int, end: int, day: date) -> tuple[tuple[int, ...], tuple[Refusal, ...]]:
        """Who is free, and why not."""
        reason = self._reason_of_calendar(start, day)
        if reason is not None:
            return (), (Refusal(reason),)
        free: list[int] = []
        refusals: list[Refusal] = []
        for agenda in self._agendas:
            refusal = agenda.refusal(start, end)
            if refusal is None:
                free.append(agenda.host)
            else:
                refusals.append(refusal)
        most = self._rules.most_a_day
        if free and most is not None and self._booked.get(day, 0) >= most:
            return (), (Refusal(Reason.DAY_FULL), *refusals)
        return tuple(free), tuple(refusals)

    def _reason_of_calendar(self, start: int, day: date) -> Reason | None:
        if start < self._now:
            return Reason.PAST
        if self._bookable is None or day > self._bookable[1]:
            return Reason.BEYOND_PERIOD
        if day < self._bookable[0]:
            return Reason.NOT_OPEN_YET
        if start < self._earliest:
            return Reason.NOTICE
        return None if self._agendas else Reason.NO_HOST
