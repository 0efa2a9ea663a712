"""Times as exports write them: read into the calendar's zone, never guessed.

``03/04/2026`` is a day of March or of April. Which, nobody knows who sees one such text; of a whole file it may be
known (`order_shown`), else a person says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from hubsync.domain.normal_forms import nfkc
from hubsync.domain.values import clean_text


class DayOrder(StrEnum):
    """What comes first in ``03/04/2026``. The values are stored."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class MomentProblem(StrEnum):
    """Why a text is no time; pages turn it into a sentence. The values are stored."""

    NOT_A_TIME = "not_a_time"
    NO_SUCH_DAY = "no_such_day"
    NO_TIME_OF_DAY = "no_time_of_day"
    NO_DAY = "no_day"
    """A time of day alone."""
    NO_SUCH_TIME = "no_such_time"
    """The clocks were put forward over it."""
    DAY_OR_MONTH = "day_or_month"
    """Nobody has said yet whether the day or the month comes first."""


_LONGEST = 120
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july"),
            *("aug august", "sep sept september", "oct october", "nov november", "dec december"),
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAY = re.compile(
    r"\((?:[月火水木金土日祝]|mon|tue|wed|thu|fri|sat|sun)[^)]{0,8}\)"
    r"|(?<![a-z])(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?(?![a-z])[.,]?"
    r"|[月火水木金土日]曜日?"
)
_DAY = re.compile(
    r"(?P<y1>\d{4})(?P<s1>[-/.年])\s?(?P<m1>\d{1,2})[-/.月]\s?(?P<d1>\d{1,2})日?"
    r"|(?P<a>\d{1,2})(?P<s2>[-/.])(?P<b>\d{1,2})(?P=s2)(?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2})(?:st|nd|rd|th)?[-. ]+(?P<m3>[a-z]{3,9})[-., ]+(?P<y3>\d{4})"
    r"|(?P<m4>[a-z]{3,9})\.?\s+(?P<d4>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{4})"
)
_TIME = re.compile(
    r"(?P<before1>午前|午後|am|pm)?\s*(?P<h1>\d{1,2})"
    r"(?:[:時]\s?(?:(?P<m1>\d{2})分?)?(?::(?P<s1>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<after1>[ap]\.?m\.?)?"
    r"\s*(?P<zone>(?:utc|gmt)\s?[+-]\d{1,2}:?\d{2}|z|utc|gmt|\+\d{2}:?\d{2})?"
    r"(?:\s*(?:[-~\u2013\u2014\u301c]|to)\s*"
    r"(?P<before2>午前|午後|am|pm)?\s*(?P<h2>\d{1,2})"
    r"(?:[:時]\s?(?:(?P<m2>\d{2})分?)?(?::(?P<s2>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<after2>[ap]\.?m\.?)?"
    r")?"
)
_BEHIND_UTC = re.compile(
    r"(?P<before1>午前|午後|am|pm)?\s*(?P<h1>\d{1,2})"
    r"(?:[:時]\s?(?:(?P<m1>\d{2})分?)?(?::(?P<s1>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<after1>[ap]\.?m\.?)?"
    r"\s?(?P<zone>-\d{2}:?\d{2})(?:to"
    r"(?P<before2>午前|午後|am|pm)?\s*(?P<h2>\d{1,2})"
    r"(?:[:時]\s?(?:(?P<m2>\d{2})分?)?(?::(?P<s2>\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(?P<after2>[ap]\.?m\.?)?"
    r")?"
)
"""``10:00:00-05:00`` and ``T10:00-05:00`` have an offset, ``10:00-10:30`` an end."""
_BETWEEN = re.compile(r"^[\s,]*(?:t|at)?\s*")
_YEARS = range(1970, 2101)

Span = tuple[datetime, datetime | None]


def read_span(text: str, zone: ZoneInfo, order: DayOrder | None = None) -> Span | MomentProblem:
    """When an appointment begins, and when it ends where *text* says so as well (``10:00 - 10:30``).

    An offset in the text counts; any other time is one of *zone*. *order* is what a person said of the file.
    """
    plain = _plain(text)
    day = _DAY.match(plain)
    if day is None:
        return MomentProblem.NO_DAY if is_time_of_day(text) else MomentProblem.NOT_A_TIME
    on = _day(day, order)
    if isinstance(on, MomentProblem):
        return on
    rest = plain[day.end() :]
    clock = _BETWEEN.sub("", rest, count=1)
    if not clock:
        return MomentProblem.NO_TIME_OF_DAY
    behind = _BEHIND_UTC.fullmatch(clock)
    if behind is not None and (behind["s1"] or rest.startswith("t")):
        return _span(on, behind, zone)
    found = _TIME.fullmatch(clock)
    return MomentProblem.NOT_A_TIME if found is None else _span(on, found, zone)


def read_day(text: str, order: DayOrder | None = None) -> date | MomentProblem:
    """The day that *text* names, and nothing else; a midnight behind it is a spreadsheet's."""
    plain = re.sub(r"(?<![ t])[ t]+0?0:00(:00(\.0+)?)?$", "", _plain(text))
    day = _DAY.fullmatch(plain)
    return MomentProblem.NOT_A_TIME if day is None else _day(day, order)


def is_time_of_day(text: str) -> bool:
    """Whether *text* is a time of day, or two of them, and names no day."""
    found = _TIME.fullmatch(_plain(text))
    return found is not None and _clock(found, 1) is not None


def order_shown(texts: Iterable[str]) -> tuple[bool, frozenset[DayOrder]]:
    """Whether any of *texts* leaves open what comes first, and what those show that can be read in one way only.

    Both orders, or none, are no answer for those that are open.
    """
    is_open, shown = False, set[DayOrder]()
    for text in texts:
        day = _DAY.match(_plain(text))
        if day is None or not _is_numeric(day):
            continue
        first, second = int(day["a"]), int(day["b"])
        if first > 12 >= second:
            shown.add(DayOrder.DAY_FIRST)
        elif second > 12 >= first:
            shown.add(DayOrder.MONTH_FIRST)
        elif first != second and first <= 12:
            is_open = True
    return is_open, frozenset(shown)


def _plain(text: str) -> str:
    plain = nfkc(clean_text(text[:_LONGEST])).casefold()
    return " ".join(_WEEKDAY.sub(" ", plain).split())


def _is_numeric(day: re.Match[str]) -> bool:
    """Whether it is two numbers and a year; between dots the day comes first, wherever dots are written."""
    return day["a"] is not None and day["s2"] != "."


def _day(day: re.Match[str], order: DayOrder | None) -> date | MomentProblem:
    if day["y1"]:
        numbers = day["y1"], day["m1"], day["d1"]
    elif day["a"]:
        if not _is_numeric(day):
            order = DayOrder.DAY_FIRST
        elif order is None and day["a"] != day["b"]:
            return MomentProblem.DAY_OR_MONTH
        month, at = (day["b"], day["a"]) if order is DayOrder.DAY_FIRST else (day["a"], day["b"])
        numbers = day["y2"], month, at
    else:
        year, name, at = (day["y3"], day["m3"], day["d3"]) if day["y3"] else (day["y4"], day["m4"], day["d4"])
        if name not in _MONTHS:
            return MomentProblem.NOT_A_TIME
        numbers = year, str(_MONTHS[name]), at
    if int(numbers[0]) not in _YEARS:
        return MomentProblem.NO_SUCH_DAY
    try:
        return date(*map(int, numbers))
    except ValueError:
        return MomentProblem.NO_SUCH_DAY


def _span(on: date, found: re.Match[str], zone: ZoneInfo) -> Span | MomentProblem:
    start, end = _clock(found, 1), _clock(found, 2)
    if start is None or (end is None and found["h2"]):
        return MomentProblem.NOT_A_TIME
    begins = _moment(datetime.combine(on, start), found["zone"], zone)
    if begins is None:
        return MomentProblem.NOT_A_TIME if found["zone"] else MomentProblem.NO_SUCH_TIME
    if end is None:
        return begins, None
    ends = _moment(datetime.combine(on + timedelta(days=end <= start), end), found["zone"], zone)
    return MomentProblem.NO_SUCH_TIME if ends is None else (begins, ends)


def _clock(found: re.Match[str], number: int) -> time | None:
    """The time of day; None for none, or for one that no clock shows."""
    if found[f"h{number}"] is None:
        return None
    hour, half = (
        int(found[f"h{number}"]),
        found[f"before{number}"] or (found[f"after{number}"] or "").replace(".", ""),
    )
    if not half and found[f"m{number}"] is None and ":" not in found[0] and "時" not in found[0]:
        return None  # a number alone is no time
    if half:
        if hour > 12 or (hour == 0 and half in ("am", "pm")):
            return None
        hour = hour % 12 + (12 if half in ("pm", "午後") else 0)
    try:
        return time(hour, int(found[f"m{number}"] or 0), int(found[f"s{number}"] or 0))
    except ValueError:
        return None


def _moment(local: datetime, offset: str | None, zone: ZoneInfo) -> datetime | None:
    """*local* with its offset, or in *zone*; None where the clocks of the zone were put forward over it."""
    if offset:
        digits = re.sub(r"[^\d+-]", "", offset)
        if not digits:
            return local.replace(tzinfo=UTC)
        hours, minutes = divmod(int(digits[1:]), 100)
        ahead = timedelta(hours=hours, minutes=minutes) * (-1 if digits[0] == "-" else 1)
        return (local - ahead).replace(tzinfo=UTC) if hours <= 14 and minutes < 60 else None
    moment = local.replace(tzinfo=zone)
    return moment if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local else None
