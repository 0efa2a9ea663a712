"""Rules of a calendar's free times: when it is open, how long a meeting is, and how far ahead it is booked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hubsync.domain.availability.opening_hours import OpeningHours
from hubsync.domain.busy_calendars import DAYS_AHEAD


@dataclass(frozen=True, slots=True)
class Rolling:
    """From now to the end of the date that is *days* after today's, in the calendar's zone; 0 is today alone."""

    days: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """From the date *first* to the date *last*, both included, in the calendar's zone."""

    first: date
    last: date


Period = Rolling | Fixed

LIMITS: dict[str, tuple[int, int]] = {
    "duration_minutes": (1, 24 * 60),
    "step_minutes": (5, 24 * 60),
    "buffer_before": (0, 24 * 60),
    "buffer_after": (0, 24 * 60),
    "notice_minutes": (0, 90 * 24 * 60),
    "most_a_day": (1, 500),
}
"""The least and the most of each number of `FreeTimeRules`."""

ROLLING_DAYS = (0, 365)
"""The least and the most days of a rolling period."""

LONGEST_PERIOD = 731
"""Days of a fixed period, its first and last one included."""

FARTHEST_AHEAD = DAYS_AHEAD - 1
"""Days from today that can be booked, whatever the period: farther ahead nobody knows when hosts are busy."""

MOST_LOOKS = 400_000
"""Start times of a period, for each host: as many as a page can look through where hardly anything is free."""

FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2999, 12, 31)
"""Free times are counted between these dates."""


@dataclass(frozen=True, slots=True)
class FreeTimeRules:
    """All that the owner of a calendar says of its free times. Every length is in minutes.

    Start times are *step_minutes* apart by the clock's face and begin anew at each opening. The buffers are what a
    meeting keeps free before and after itself; *notice_minutes* is the least time between now and its start;
    *most_a_day* the most bookings with a start on one date of the calendar, None for any number.

    Raises ValueError, with the name of the field, for what is beyond `LIMITS`, `ROLLING_DAYS` or `LONGEST_PERIOD`.
    """

    zone: ZoneInfo
    hours: OpeningHours
    duration_minutes: int = 30
    step_minutes: int = 30
    buffer_before: int = 0
    buffer_after: int = 0
    notice_minutes: int = 4 * 60
    period: Period = Rolling(60)
    most_a_day: int | None = None

    def __post_init__(self) -> None:
        for name, (least, most) in LIMITS.items():
            number = getattr(self, name)
            if number is not None and not least <= number <= most:
                raise ValueError(f"{name} is not between {least} and {most}")
        if not is_period(self.period):
            raise ValueError("period is too long, or ends before it begins")

    def bookable_days(self, now: datetime) -> tuple[date, date] | None:
        """The first and the last date that can be booked at *now* (aware); None when the period is over."""
        today = now.astimezone(self.zone).date()
        if isinstance(self.period, Rolling):
            return today, today + timedelta(days=self.period.days)
        first, last = max(today, self.period.first), min(self.period.last, last_known(today))
        return (first, last) if first <= last else None

    def count_looks(self, hosts: int) -> int:
        """How many start times the whole period has for so many hosts, roughly."""
        if isinstance(self.period, Rolling):
            days = self.period.days + 1
        else:
            days = (self.period.last - self.period.first).days + 1
        weekly = sum(each.minutes for intervals in self.hours.weekly for each in intervals)
        others = sum(each.minutes for intervals in self.hours.days.values() for each in intervals)
        return (weekly * days // 7 + others) // self.step_minutes * hosts


def last_known(today: date) -> date:
    """The last date of which it is known when hosts are busy."""
    return today + timedelta(days=FARTHEST_AHEAD)


def is_period(period: Period) -> bool:
    """Whether *period* is within the limits."""
    if isinstance(period, Rolling):
        return ROLLING_DAYS[0] <= period.days <= ROLLING_DAYS[1]
    return (
        FIRST_DATE <= period.first <= period.last <= LAST_DATE
        and (period.last - period.first).days < LONGEST_PERIOD
    )
