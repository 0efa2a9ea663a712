"""Offered times of a calendar as guests look at them: month by month, and each month counted once for all."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy.orm import Session

from hubsync.domain.availability.booking_window import BookingWindow
from hubsync.domain.availability.offers import Offers
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.domain.availability.seconds import day_number, moment_of, next_second
from hubsync.domain.availability.start_times import StartTime
from hubsync.services import now, tools
from hubsync.services.availability.free_times import count_bookings, span_of
from hubsync.services.availability.hosts import (
    StoredBusy,
    fingerprint_host_times,
    load_busy,
    load_host_times,
)
from hubsync.services.availability.kept_starts import FreeStarts

FARTHEST_APART = timedelta(days=2)
"""Between the dates of two zones at one instant: clocks are up to 26 hours apart."""
LAST_DAYS = timedelta(days=7)
"""Where so little of the first month can be booked yet, it is read with the next one: pages show of both then."""


class OfferedTimes:
    """The offered times of a calendar for whoever looks at it month by month: of other months nothing is read.

    The booking *without* (its id), which is being moved, is not in its own way. *first* and *last* are the dates
    that can be booked, None when the period is over.
    """

    def __init__(
        self,
        session: Session,
        calendar_id: int,
        rules: FreeTimeRules,
        hosts: Sequence[int],
        *,
        without: int | None = None,
    ) -> None:
        self._session = session
        self._calendar_id = calendar_id
        self._rules = rules
        self._hosts = hosts
        self._without = without
        self._window = BookingWindow(rules, now())
        self._read: dict[tuple[date, date], list[tuple[int, int]]] = {}
        self.first: date | None
        self.last: date | None
        self.first, self.last = self._window.days or (None, None)

    def in_month(self, month: date) -> list[datetime]:
        """The instants that are offered in the *month* that begins on that date, by whoever's clock.

        Some of the days before and behind it are among them.
        """
        first, last = map(day_number, _around(month))
        return [moment_of(start) for start, day in self._starts(month) if first <= day <= last]

    def first_from(self, moment: datetime) -> datetime | None:
        """The first offered instant at *moment* (aware) or later."""
        if self.first is None or self.last is None:
            return None
        second = next_second(moment)
        month = max(moment.astimezone(self._rules.zone).date(), self.first).replace(day=1)
        while month <= self.last:
            following = following_month(month)
            for start, day in self._starts(month):
                if start >= second:
                    # Clocks that go back across midnight show a date again: farther behind, another month has it.
                    if day > day_number(following):
                        break
                    return moment_of(start)
            month = following
        return None

    def is_offered(self, start: datetime) -> bool:
        """Whether a meeting may be booked that begins at the instant *start* (aware)."""
        day = start.astimezone(self._rules.zone).date()
        return self._offers(day, day).is_offered(start)

    def nearest(self, start: datetime, count: int) -> tuple[StartTime, ...]:
        """The *count* offered times that are nearest to the instant *start* (aware), in their order."""
        if self.first is None or self.last is None:
            return ()
        return self._offers(self.first, self.last).nearest(start, count)

    def _starts(self, month: date) -> list[tuple[int, int]]:
        """What is offered in the month and so far around it that all of it is there in every zone."""
        if self.first is None or self.last is None:
            return []
        first, last = _around(month)
        head = self.first.replace(day=1)
        following = following_month(head)
        if following - self.first <= LAST_DAYS and month in (head, following):
            first, last = self.first, _around(following)[1]
        dates = max(first, self.first), min(last, self.last)
        if dates[0] > dates[1]:
            return []
        if dates not in self._read:
            self._read[dates] = self._window.bookable(self._free_starts(*dates))
        return self._read[dates]

    def _free_starts(self, first: date, last: date) -> FreeStarts:
        place, state = (self._calendar_id, first, last, self._without), self._state(first, last)
        memory = tools().kept_starts
        known = memory.find(place, state)
        if known is not None:
            return known
        offers = self._offers(first, last)
        if self._state(first, last) != state:  # somebody booked between the two readings
            return FreeStarts(offers.free_starts(first, last))
        return memory.keep(place, state, lambda: offers.free_starts(first, last))

    def _state(self, first: date, last: date) -> Hashable:
        """All that the free times of these dates depend on, besides the time."""
        span = span_of(self._rules, first, last)
        per_day = count_bookings(self._session, self._calendar_id, self._rules, *span, without=self._without)
        stored = fingerprint_host_times(self._session, self._busy, *span, without=self._without)
        return self._rules, stored, frozenset(per_day.items())

    def _offers(self, first: date, last: date) -> Offers:
        span = span_of(self._rules, first, last)
        times = load_host_times(self._session, self._calendar_id, self._busy, *span, without=self._without)
        per_day = count_bookings(self._session, self._calendar_id, self._rules, *span, without=self._without)
        return Offers(self._rules, times, now(), per_day)

    @cached_property
    def _busy(self) -> StoredBusy:
        return load_busy(self._session, self._hosts)


def _around(month: date) -> tuple[date, date]:
    """The first and the last date that may be in the *month* by somebody's clock."""
    return month - FARTHEST_APART, following_month(month) + FARTHEST_APART


def following_month(month: date) -> date:
    """The first day of the month behind the one that begins on that date."""
    return (month + timedelta(days=31)).replace(day=1)
