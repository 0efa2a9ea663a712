"""Series against a second expansion, which shares nothing with the first: day by day, over the clock's face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubsync.domain.busy_times import Window
from hubsync.feeds.reading import Person
from tests.feeds.calendars import calendar, event, read, window

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "America/Sao_Paulo")
HOME = "Europe/Berlin"
SPRING, AUTUMN, WINTER = (window(2026, 3, 1, days=60), window(2026, 10, 1, days=60), window(2026, 12, 1, days=31))
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FORMAT = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Series:
    """A series as a person would note it: by the clock of *zone*, which is None for whole days."""

    first: datetime
    minutes: int
    zone: str | None
    rule: str
    left_out: tuple[int, ...]
    moved: tuple[tuple[int, int], ...]
    """(which of its days after the first, by how many minutes)"""


@st.composite
def all_series(draw: st.DrawFn) -> Series:
    whole_days = draw(st.booleans())
    first = datetime(2025, 1, 1) + timedelta(days=draw(st.integers(0, 700)))
    if not whole_days:
        first += timedelta(minutes=15 * draw(st.integers(0, 95)))
    frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "MONTHLY")))
    rule = f"FREQ={frequency};INTERVAL={draw(st.integers(1, 4))}"
    if frequency == "WEEKLY" and draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(DAYS), min_size=1, unique=True))
        rule += f";BYDAY={','.join(days)}"
    if not whole_days and draw(st.booleans()):
        rule += f";BYHOUR={','.join(map(str, draw(st.sets(st.integers(0, 23), min_size=1, max_size=3))))}"
    if frequency == "MONTHLY" and draw(st.booleans()):
        rule += draw(st.sampled_from((";BYDAY=-1FR", ";BYDAY=2TU", ";BYMONTHDAY=31", ";BYMONTHDAY=-1")))
    if draw(st.booleans()):
        end = first + timedelta(days=draw(st.integers(1, 800)))
        rule += draw(st.sampled_from((f";COUNT={draw(st.integers(1, 300))}", f";UNTIL={end:%Y%m%d}")))
    return Series(
        first,
        draw(st.sampled_from((1440, 2880))) if whole_days else draw(st.sampled_from((15, 60, 600, 1500))),
        None if whole_days else draw(st.sampled_from(ZONES)),
        rule,
        tuple(draw(st.sets(st.integers(0, 60), max_size=3))),
        tuple(draw(st.dictionaries(st.integers(0, 60), st.sampled_from((30, -90, 1440)), max_size=2)).items()),
    )


def turns(series: Series, until: datetime) -> list[datetime]:
    """Each turn by the clock's face; the first is one whatever the rule says."""
    parts = dict(each.split("=") for each in series.rule.split(";"))
    last = min(parts.get("UNTIL", "99991231"), f"{until:%Y%m%d}")  # that day is included
    most = int(parts.get("COUNT", "999999"))
    found: list[datetime] = []
    day = series.first
    hours = sorted(int(each) for each in parts.get("BYHOUR", f"{series.first.hour}").split(","))
    while f"{day:%Y%m%d}" <= last:
        if is_turn(day.date(), series.first.date(), parts):
            found += [at for at in (day.replace(hour=each) for each in hours) if at >= series.first]
        day += timedelta(days=1)
    return sorted({series.first, *found[:most]})


def is_turn(day: date, first: date, parts: dict[str, str]) -> bool:
    interval = int(parts["INTERVAL"])
    if parts["FREQ"] == "DAILY":
        return (day - first).days % interval == 0
    if parts["FREQ"] == "WEEKLY":
        weeks = ((day - timedelta(days=day.weekday())) - (first - timedelta(days=first.weekday()))).days // 7
        days = parts["BYDAY"].split(",") if "BYDAY" in parts else [DAYS[first.weekday()]]
        return weeks % interval == 0 and DAYS[day.weekday()] in days
    months = (day.year - first.year) * 12 + day.month - first.month
    return months % interval == 0 and is_day_of_month(day, first, parts)


def is_day_of_month(day: date, first: date, parts: dict[str, str]) -> bool:
    next_week, next_day = day + timedelta(days=7), day + timedelta(days=1)
    match parts:
        case {"BYDAY": "-1FR"}:
            return day.weekday() == 4 and next_week.month != day.month
        case {"BYDAY": "2TU"}:
            return day.weekday() == 1 and 8 <= day.day <= 14
        case {"BYMONTHDAY": "-1"}:
            return next_day.month != day.month
        case {"BYMONTHDAY": "31"}:
            return day.day == 31
    return day.day == first.day


def text_of(series: Series, known: list[datetime]) -> bytes:
    def time(name: str, at: datetime) -> str:
        if series.zone is None:
            return f"{name};VALUE=DATE:{at:%Y%m%d}"
        return f"{name}:{at:{FORMAT}}Z" if series.zone == "UTC" else f"{name};TZID={series.zone}:{at:{FORMAT}}"

    def shape(at: datetime, *lines: str) -> str:
        end = at + timedelta(minutes=series.minutes)
        return event(time("DTSTART", at), time("DTEND", end), *lines)

    left_out = [time("EXDATE", known[each]) for each in series.left_out if each < len(known)]
    moved = [
        shape(_shifted(known[which], by, series), time("RECURRENCE-ID", known[which]))
        for which, by in series.moved
        if which < len(known) and which not in series.left_out
    ]
    return calendar(shape(series.first, f"RRULE:{series.rule}", *left_out), *moved)


def _shifted(at: datetime, by: int, series: Series) -> datetime:
    return at + timedelta(minutes=by if series.zone is not None else 1440)


def day_by_day(series: Series, known: list[datetime]) -> Iterator[tuple[datetime, datetime]]:
    moved = {known[which]: by for which, by in series.moved if which < len(known) and which not in series.left_out}
    left_out = {known[each] for each in series.left_out if each < len(known)}
    zone = ZoneInfo(series.zone or HOME)
    for each in known:
        if each in left_out:
            continue
        start = _shifted(each, moved[each], series) if each in moved else each
        end = start + timedelta(minutes=series.minutes)
        first, last = start.replace(tzinfo=zone).astimezone(UTC), end.replace(tzinfo=zone).astimezone(UTC)
        if series.zone is not None and first.astimezone(zone).hour != start.hour:  # the clock skips that hour
            last = first + timedelta(minutes=series.minutes)
        yield first, last


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(series=all_series(), period=st.sampled_from((SPRING, AUTUMN, WINTER)))
def test_both_expansions_find_the_same_busy_times(series: Series, period: Window) -> None:
    known = turns(series, period.end.replace(tzinfo=None) + timedelta(days=40))
    contents = read(text_of(series, known), period, Person(zone=HOME))
    assert contents.unread == []
    assert [(each.start, each.end) for each in contents.busy] == sorted(
        {
            (start, end)
            for start, end in day_by_day(series, known)
            if start < period.end and period.start < end and start < end
        }
    )


def test_the_second_expansion_is_right_where_a_person_has_counted() -> None:
    series = Series(datetime(2026, 12, 7, 10), 60, HOME, "FREQ=WEEKLY;INTERVAL=1;UNTIL=20261221", (1,), ((2, 30),))
    known = turns(series, datetime(2027, 1, 1))
    assert [each.date() for each in known] == [date(2026, 12, day) for day in (7, 14, 21)]
    assert list(day_by_day(series, known)) == [
        (datetime(2026, 12, 7, 9, tzinfo=UTC), datetime(2026, 12, 7, 10, tzinfo=UTC)),
        (datetime(2026, 12, 21, 9, 30, tzinfo=UTC), datetime(2026, 12, 21, 10, 30, tzinfo=UTC)),
    ]
