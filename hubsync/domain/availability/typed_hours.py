"""Opening hours as a form has them: times as typed, and what is wrong with which row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from hubsync.domain.availability.opening_hours import MINUTES_A_DAY, Interval, Intervals
from hubsync.domain.normal_forms import nfkc

MOST_INTERVALS = 12
"""Intervals that a day may have."""

_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?")
_LONGEST = 40


class HoursProblem(StrEnum):
    """Why a row of hours will not do; pages turn it into a sentence."""

    HALF_FILLED = "half_filled"
    """One of opening and closing is missing."""
    NO_OPENING_TIME = "no_opening_time"
    """The opening is not a time from 00:00 to 23:59."""
    NO_CLOSING_TIME = "no_closing_time"
    """The closing is not a time from 00:00 to 24:00."""
    OVERLAPS = "overlaps"
    """It begins before another interval of the day is over."""
    OVERLAPS_DAY_BEFORE = "overlaps_day_before"
    """It begins before an interval of the day before is over, which goes on past midnight."""
    TOO_MANY = "too_many"


class ReadDay(NamedTuple):
    """The *intervals* of a day in their order, and what is wrong with which of its rows.

    *rows* has the row of each interval. Rows with a problem and rows that are left empty give no interval.
    """

    intervals: Intervals
    rows: tuple[int, ...]
    problems: Mapping[int, HoursProblem]


class ReadWeek(NamedTuple):
    """The intervals of each weekday, Monday first, and what is wrong with which row of which of them."""

    weekly: tuple[Intervals, ...]
    problems: Mapping[tuple[int, int], HoursProblem]


def read_time(typed: str) -> int | None:
    """The minute of the day of "09:00", "9", "9.30" or "24:00", in digits of any width; None for anything else."""
    match = _TIME.fullmatch(nfkc(typed[:_LONGEST]).strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    total = hour * 60 + minute
    return total if minute < 60 and total <= MINUTES_A_DAY else None


def time_text(minute: int) -> str:
    """A minute of the day as a form has it: "09:00" to "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_day(typed: Iterable[tuple[str, str]]) -> ReadDay:
    """The hours of one day, of rows with an opening and a closing."""
    problems: dict[int, HoursProblem] = {}
    read: list[tuple[Interval, int]] = []
    for row, (opens, closes) in enumerate(typed):
        interval = _read_interval(opens.strip(), closes.strip())
        if isinstance(interval, HoursProblem):
            problems[row] = interval
        elif interval is not None:
            read.append((interval, row))
    kept: list[tuple[Interval, int]] = []
    for interval, row in sorted(read):
        if kept and _end(kept[-1][0]) > interval.opens:
            problems[row] = HoursProblem.OVERLAPS
        elif len(kept) == MOST_INTERVALS:
            problems[row] = HoursProblem.TOO_MANY
        else:
            kept.append((interval, row))
    return ReadDay(tuple(interval for interval, _row in kept), tuple(row for _interval, row in kept), problems)


def read_week(typed: Sequence[Iterable[tuple[str, str]]]) -> ReadWeek:
    """The weekly hours, of the rows of each weekday, Monday first; Sunday's last hours reach into Monday."""
    days = [read_day(rows) for rows in typed]
    problems = {
        (weekday, row): problem for weekday, day in enumerate(days) for row, problem in day.problems.items()
    }
    for weekday, day in enumerate(days):
        end = max((_end(each) for each in days[weekday - 1].intervals), default=0) - MINUTES_A_DAY
        for interval, row in zip(day.intervals, day.rows, strict=True):
            if interval.opens < end:
                problems[weekday, row] = HoursProblem.OVERLAPS_DAY_BEFORE
    return ReadWeek(tuple(day.intervals for day in days), problems)


def _read_interval(opens: str, closes: str) -> Interval | HoursProblem | None:
    if not opens and not closes:
        return None
    if not opens or not closes:
        return HoursProblem.HALF_FILLED
    opening, closing = read_time(opens), read_time(closes)
    if opening is None or opening == MINUTES_A_DAY:
        return HoursProblem.NO_OPENING_TIME
    return HoursProblem.NO_CLOSING_TIME if closing is None else Interval(opening, closing)


def _end(interval: Interval) -> int:
    """When it closes, in minutes since the midnight before its opening."""
    return interval.opens + interval.minutes
