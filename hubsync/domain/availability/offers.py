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

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hubsync.domain.availability.agenda import Agenda
from hubsync.domain.availability.booking_window import BookingWindow
from hubsync.domain.availability.hosts import HostTimes
from hubsync.domain.availability.open_times import OpenTimes
from hubsync.domain.availability.refusals import Reason, Refusal
from hubsync.domain.availability.rules import FIRST_DATE, LAST_DATE, FreeTimeRules
from hubsync.domain.availability.seconds import (
    DAY,
    MINUTE,
    date_of,
    day_number,
    last_second,
    moment_of,
    next_second,
)
from hubsync.domain.availability.start_times import Day, StartTime, in_zone

MOST_DAYS = 800
"""Days that are looked at in one go."""

A_DAY = timedelta(days=1)
_FARTHEST_APART = 2
"""Days between the dates of two zones at one instant: clocks are up to 26 hours apart."""


class Offers:
    """The free times of a calendar as they are at *now* (aware).

    *bookings_per_day* is how many bookings of this calendar start on each of its dates, cancelled ones left out
    (`count_per_day`).
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
        self._window = BookingWindow(rules, now)
        most = rules.most_a_day
        self._full_days = {
            day_number(day)
            for day, number in (bookings_per_day or {}).items()
            if most is not None and number >= most
        }

    def between(self, first: date, last: date, zone: ZoneInfo | None = None) -> tuple[Day, ...]:
        """Each day from *first* to *last* of *zone*, both included, with all its start times.

        The zone is a guest's, or by default the calendar's. Times outside the opening hours are not among them.
        Raises ValueError for more than `MOST_DAYS`.
        """
        number = (last - first).days + 1
        if number > MOST_DAYS:
            raise ValueError("too many days at once")
        days: dict[date, list[StartTime]] = {first + each * A_DAY: [] for each in range(number)}
        around = (0 if zone is None else _FARTHEST_APART) * A_DAY
        first, last = max(first, FIRST_DATE) - around, min(last, LAST_DATE) + around
        for start, day in self._meetings(first, last) if first <= last else ():
            time = self._start_time(start, day)
            there = date_of(day) if zone is None else time.start.astimezone(zone).date()
            if there in days:
                days[there].append(time)
        return tuple(Day(day, tuple(times)) for day, times in days.items())

    def at(self, start: datetime) -> StartTime:
        """What is to be said of the instant *start* (aware, whoever sent it), by the same rules.

        What is past or beyond the period is refused as that, whether or not it is within the opening hours.
        """
        second = last_second(start)
        if second < self._window.now:
            return self._refused(start, Reason.PAST)
        if second > (self._window.last_day + 2) * DAY:
            return self._refused(start, Reason.BEYOND_PERIOD)
        there = start.astimezone(self._rules.zone).date()
        times = self._open_times(there, there)
        if not times.are_open(second, second + self._duration):
            return self._refused(start, Reason.OUTSIDE_HOURS)
        day = times.day_of_start(second)
        if day is None or second != next_second(start):
            return self._refused(start, Reason.OFF_STEP)
        return self._start_time(second, day)

    def is_offered(self, start: datetime) -> bool:
        """Whether a meeting may be booked that begins at the instant *start* (aware)."""
        return self.at(start).is_offered

    def first_from(self, moment: datetime) -> StartTime | None:
        """The first offered time at *moment* (aware) or later."""
        if self._window.days is None:
            return None
        first, last = self._window.days
        second, days = next_second(moment), 1
        # A clock that goes back across midnight shows a time of the next date before the last ones of this date:
        # each search begins a day before, and takes a time of the day behind it only from the next search.
        day = max(first, self._nearest_day(second, first, last) - A_DAY)
        while day <= last:
            until = min(last, day + days * A_DAY)
            for start, number in self._offered(day, min(last, until + A_DAY)):
                if start >= second:
                    if number > day_number(until):
                        break
                    return self._start_time(start, number)
            day, days = until + A_DAY, days * 2
        return None

    def nearest(self, start: datetime, count: int = 3) -> tuple[StartTime, ...]:
        """The *count* offered times that are nearest to the instant *start* (aware), in their order.

        Of two that are equally near the earlier one is taken.
        """
        if self._window.days is None:
            return ()
        first, last = self._window.days
        second, days = last_second(start), 1
        middle = self._nearest_day(second, first, last)
        while True:
            low, high = max(first, middle - days * A_DAY), min(last, middle + days * A_DAY)
            closest = sorted((abs(each - second), each, day) for each, day in self._offered(low, high))[:count]
            # A meeting of a day that was not looked at is beyond these, whatever the offset.
            reach = closest[-1][0] if len(closest) == count else None
            is_left_done = low == first or (reach is not None and second - reach >= (day_number(low) + 1) * DAY)
            is_right_done = high == last or (reach is not None and second + reach <= day_number(high) * DAY)
            if is_left_done and is_right_done:
                return tuple(self._start_time(each, day) for each, day in sorted(each[1:] for each in closest))
            days *= 2

    def _meetings(self, first: date, last: date) -> Iterator[tuple[int, int]]:
        return self._open_times(first, last).meetings(self._duration)

    def free_starts(self, first: date, last: date) -> Iterator[tuple[int, int]]:
        """The starts (seconds in UTC) at which somebody is free on the calendar's dates *first* to *last*.

        They come in their order, each with the `day_number` of its date, and are the
        same whenever that is asked: a `BookingWindow` says which of them are offered.
        """
        return self._free(self._meetings(first, last))

    def _offered(self, first: date, last: date) -> Iterator[tuple[int, int]]:
        """The meetings that are offered: the same answer as `_judge` gives, without its reasons."""
        refusal = self._window.refusal
        return self._free(each for each in self._meetings(first, last) if refusal(*each) is None)

    def _free(self, meetings: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        for start, day in meetings:
            if day in self._full_days:
                continue
            if any(agenda.is_free(start, start + self._duration) for agenda in self._agendas):
                yield start, day

    def _open_times(self, first: date, last: date) -> OpenTimes:
        return OpenTimes(self._rules.hours, self._rules.zone, self._rules.step_minutes, first, last)

    def _nearest_day(self, second: int, first: date, last: date) -> date:
        """The day of *second*, or whichever of *first* and *last* it is beyond."""
        within = min(max(second, day_number(first) * DAY), (day_number(last) + 1) * DAY)
        return min(max(moment_of(within).astimezone(self._rules.zone).date(), first), last)

    def _start_time(self, start: int, day: int) -> StartTime:
        hosts, refusals = self._judge(start, start + self._duration, day)
        return StartTime(moment_of(start), self._rules.zone, hosts, refusals)

    def _refused(self, start: datetime, reason: Reason) -> StartTime:
        return StartTime(in_zone(start, UTC), self._rules.zone, (), (Refusal(reason),))

    def _judge(self, start: int, end: int, day: int) -> tuple[tuple[int, ...], tuple[Refusal, ...]]:
        """Who is free, and why not."""
        reason = self._reason_of_calendar(start, day)
        if reason is not None:
            return (), (Refusal(reason),)
        free: list[int] = []
        refusals: list[Refusal] = []
        for agenda in self._agendas:
            against = agenda.refusals(start, end)
            if not against:
                free.append(agenda.host)
            refusals += against
        if free and day in self._full_days:
            return (), (Refusal(Reason.DAY_FULL), *refusals)
        return tuple(free), tuple(refusals)

    def _reason_of_calendar(self, start: int, day: int) -> Reason | None:
        reason = self._window.refusal(start, day)
        return Reason.NO_HOST if reason is None and not self._agendas else reason


def count_per_day(starts: Iterable[datetime], zone: ZoneInfo) -> Counter[date]:
    """How many of *starts* (aware) are on each date of *zone*, the calendar's."""
    return Counter(each.astimezone(zone).date() for each in starts)
