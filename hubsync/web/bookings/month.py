"""Month of a booking page: which days have free times, and the times of the day that is chosen."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from hubsync.domain.availability.start_times import StartTime
from hubsync.phrases import bracketed, enumerated
from hubsync.services import now
from hubsync.services.availability.offered_times import OfferedTimes, following_month
from hubsync.web.bookings.choices import ShownDay, ShownTime, day_face
from hubsync.web.bookings.guest_formats import (
    clock,
    clocks,
    first_weekday,
    guest_locale,
    name_day,
    name_day_shortly,
    name_days,
    name_month,
    name_weekdays,
)
from hubsync.web.shell.time_zone_choices import words_for

NOON, EVENING = 12, 17
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShownMonth:
    """A month of free times in a guest's zone.

    *weeks* are rows of seven, None for the days of other months; *groups* the times of the chosen day *day* under
    the parts of the day; *earlier* and *later* the months beside it, empty where nothing can be booked there;
    *next_free* the first free time behind what is shown, or the first of all where there is none behind it.
    """

    name: str
    weekdays: Sequence[tuple[str, str]]
    weeks: Sequence[Sequence[ShownDay | None]]
    earlier: str
    later: str
    day: date | None
    day_in_words: str
    groups: Sequence[tuple[str, Sequence[ShownTime]]]
    next_free: datetime
    is_empty: bool


def show_month(offered: OfferedTimes, zone: ZoneInfo, asked: str) -> ShownMonth | None:
    """The month, or the day, that was *asked* for (``2026-12``, ``2026-12-03``) in the guest's *zone*.

    Without a day the first one that has free times is chosen, without a month the month of the next free time.
    None where there is no free time at all.
    """
    first_free = offered.first_from(now())
    if first_free is None or offered.last is None:
        return None
    earliest = first_free.astimezone(zone).date()
    latest = max(offered.last + A_DAY, earliest)
    month, day = _read(asked)
    month = min(max(month or earliest, earliest).replace(day=1), latest.replace(day=1))
    following = following_month(month)
    by_day: dict[date, list[datetime]] = {}
    for each in offered.in_month(month):
        time = each.astimezone(zone)
        by_day.setdefault(time.date(), []).append(time)
    with_times = [each for each in by_day if month <= each < following]
    if day is None or not month <= day < following:
        day = min(with_times, default=None)
    cells = _show_days(month, {each: len(times) for each, times in by_day.items()}, day)
    behind = _midnight((day or (month - A_DAY if not with_times else month)) + A_DAY, zone)
    return ShownMonth(
        name=name_month(month),
        weekdays=name_weekdays(),
        weeks=[cells[start : start + 7] for start in range(0, len(cells), 7)],
        earlier=f"{month - A_DAY:%Y-%m}" if month > earliest.replace(day=1) else "",
        later=f"{following:%Y-%m}" if month < latest.replace(day=1) else "",
        day=day,
        day_in_words=name_day(day) if day is not None else "",
        groups=_group(by_day.get(day, ()) if day is not None else ()),
        next_free=(offered.first_from(behind) or first_free).astimezone(zone),
        is_empty=not with_times,
    )


def _show_days(month: date, times: Mapping[date, int], chosen: date | None) -> Sequence[ShownDay | None]:
    days = list(Weeks(first_weekday()).itermonthdates(month.year, month.month))
    numbers = tuple(times.get(each, 0) for each in days)
    return _write_days(tuple(days), numbers, month.month, chosen, get_locale(), guest_locale())


@lru_cache(maxsize=64)  # the guests of a page see the same days mostly
def _write_days(
    days: Sequence[date],
    numbers: Sequence[int],
    month: int,
    chosen: date | None,
    _language: Locale | None,
    _country: Locale,
) -> Sequence[ShownDay | None]:
    """The *days* with the *numbers* of their free times, in the guest's language and as in the guest's country."""
    words = {each: ngettext("%(num)s free time", "%(num)s free times", each) for each in set(numbers) - {0}}
    words[0] = _("no free times")
    return tuple(
        ShownDay(day.isoformat(), day_face(day.day, enumerated([name, words[number]])), number, day == chosen)
        if day.month == month
        else None
        for day, name, number in zip(days, name_days(days), numbers, strict=True)
    )


def list_times(times: Sequence[StartTime], zone: ZoneInfo) -> list[ShownTime]:
    """Times of any days, each with its day."""
    found = [each.start.astimezone(zone) for each in times]
    return [
        ShownTime(each.isoformat(), enumerated([name_day_shortly(each.date()), clock(each)])) for each in found
    ]


def _group(times: Sequence[datetime]) -> list[tuple[str, list[ShownTime]]]:
    parts = _("Morning"), _("Afternoon"), _("Evening")
    faces = Counter((each.hour, each.minute) for each in times)
    groups: dict[str, list[ShownTime]] = {}
    for each, words in zip(times, clocks(times), strict=True):
        part = parts[(each.hour >= NOON) + (each.hour >= EVENING)]
        if faces[each.hour, each.minute] > 1:
            words = bracketed(words, words_for(each.utcoffset()))
        groups.setdefault(part, []).append(ShownTime(each.isoformat(), words))
    return list(groups.items())


def _read(asked: str) -> tuple[date | None, date | None]:
    """The first day of the month and the day that were asked for."""
    try:
        if len(asked) == len("2026-12"):
            return date.fromisoformat(f"{asked}-01"), None
        day = date.fromisoformat(asked)
    except ValueError:
        return None, None
    return day.replace(day=1), day


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
