"""Booking window of a calendar: between which instants and dates a meeting may start, whoever is free then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hubsync.domain.availability.refusals import Reason
from hubsync.domain.availability.rules import FIRST_DATE, LAST_DATE, FreeTimeRules
from hubsync.domain.availability.seconds import MINUTE, day_number, next_second


class BookingWindow:
    """When a calendar with *rules* can be booked as of *now* (aware): from its least notice on, within its period.

    *days* are the first and the last date, None when the period is over. Of everything that free times depend on
    this alone changes by itself, as time goes on.
    """

    def __init__(self, rules: FreeTimeRules, now: datetime) -> None:
        self.now = next_second(now)
        self.days = rules.bookable_days(now)
        self._earliest = self.now + rules.notice_minutes * MINUTE
        self.first_day, self.last_day = map(day_number, self.days or (LAST_DATE, FIRST_DATE))

    def refusal(self, start: int, day: int) -> Reason | None:
        """Why no meeting may start at *start* (seconds in UTC) on the date numbered *day*; None if it may."""
        if start < self.now:
            return Reason.PAST
        if day > self.last_day:
            return Reason.BEYOND_PERIOD
        if day < self.first_day:
            return Reason.NOT_OPEN_YET
        return Reason.NOTICE if start < self._earliest else None

    def bookable(self, starts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Those of *starts*, each with its day, for which there is no `refusal`; for many of them."""
        earliest, first, last = max(self.now, self._earliest), self.first_day, self.last_day
        return [each for each in starts if each[0] >= earliest and first <= each[1] <= last]
