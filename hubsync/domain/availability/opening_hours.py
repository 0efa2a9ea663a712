"""Opening hours of a calendar: weekly ones, and other hours or none on single days, by the calendar's clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

MINUTES_A_DAY = 24 * 60


class Interval(NamedTuple):
    """From *opens* to *closes*, each the minute of the day by the clock's face.

    A closing that is not after its opening is on the next day: (22:00, 02:00) is four hours, (09:00, 09:00) a
    whole day. 24:00 (1440) closes at the end of the day.
    """

    opens: int
    closes: int

    @property
    def minutes(self) -> int:
        """How long it is by the clock's face, at most 24 hours."""
        return self.closes - self.opens + (MINUTES_A_DAY if self.closes <= self.opens else 0)

    @property
    def is_valid(self) -> bool:
        return 0 <= self.opens < MINUTES_A_DAY and 0 <= self.closes <= MINUTES_A_DAY


Intervals = tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The intervals that begin on a day: of its date in *days*, else of its weekday in *weekly*, Monday first.

    An empty tuple in *days* is a day off. What begins on the evening before goes on past midnight, also into a day
    off.
    Raises ValueError for minutes that no clock has, or for other than seven weekdays.
    """

    weekly: tuple[Intervals, ...]
    days: Mapping[date, Intervals] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError("a week has seven days")
        if not all(each.is_valid for intervals in (*self.weekly, *self.days.values()) for each in intervals):
            raise ValueError("an interval has minutes that no clock has")

    def beginning_on(self, day: date) -> Intervals:
        """The intervals that open on *day*."""
        intervals = self.days.get(day)
        return self.weekly[day.weekday()] if intervals is None else intervals


NINE_TO_FIVE = (Interval(9 * 60, 17 * 60),)
USUAL_HOURS = OpeningHours((NINE_TO_FIVE,) * 5 + ((), ()))
"""What a new calendar has: Monday to Friday, 9 to 17."""
