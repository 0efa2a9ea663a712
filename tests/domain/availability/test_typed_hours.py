"""Hours as a form has them: what is read as a time, and what is wrong with which row."""

from __future__ import annotations

import pytest

from hubsync.domain.availability.opening_hours import Interval
from hubsync.domain.availability.typed_hours import (
    MOST_INTERVALS,
    HoursProblem,
    read_day,
    read_time,
    read_week,
    time_text,
)

CLOSED: list[tuple[str, str]] = []


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("00:00", 0),
        ("09:00", 540),
        (" 9:05 ", 545),
        ("9", 540),
        ("9.30", 570),
        ("０９：３０", 570),
        ("23:59", 1439),
        ("24:00", 1440),
        ("24", 1440),
    ],
)
def test_what_is_a_time(typed: str, minute: int) -> None:
    assert read_time(typed) == minute


@pytest.mark.parametrize(
    "typed", ["", "24:01", "25:00", "9:60", "9:5", "-1", "nine", "9:00pm", "१०:००", "9" * 9000]
)
def test_what_is_no_time(typed: str) -> None:
    assert read_time(typed) is None


def test_a_time_is_written_as_it_is_read() -> None:
    assert all(read_time(time_text(minute)) == minute for minute in range(1441))


def test_rows_become_intervals_in_the_order_of_the_day() -> None:
    day = read_day([("13:00", "18:00"), ("", " "), ("09:00", "12:00"), ("18:00", "02:00")])
    assert day.intervals == (Interval(540, 720), Interval(780, 1080), Interval(1080, 120))
    assert day.rows == (2, 0, 3)
    assert day.problems == {}


def test_each_row_says_what_is_wrong_with_it() -> None:
    rows = [("9", ""), ("", "9"), ("later", "10"), ("24:00", "02:00"), ("10", "late"), ("11", "14"), ("13", "15")]
    day = read_day(rows)
    assert day.problems == {
        0: HoursProblem.HALF_FILLED,
        1: HoursProblem.HALF_FILLED,
        2: HoursProblem.NO_OPENING_TIME,
        3: HoursProblem.NO_OPENING_TIME,
        4: HoursProblem.NO_CLOSING_TIME,
        6: HoursProblem.OVERLAPS,
    }
    assert day.intervals == (Interval(660, 840),)


def test_an_interval_twice_and_one_past_midnight_overlap_within_their_day() -> None:
    assert read_day([("9", "17"), ("9", "17")]).problems == {1: HoursProblem.OVERLAPS}
    assert read_day([("9", "9"), ("12", "13")]).problems == {1: HoursProblem.OVERLAPS}
    assert read_day([("22", "2"), ("23", "24")]).problems == {1: HoursProblem.OVERLAPS}


def test_a_day_has_a_bounded_number_of_intervals() -> None:
    rows = [(f"{hour}:00", f"{hour}:30") for hour in range(MOST_INTERVALS + 1)]
    day = read_day(rows)
    assert (len(day.intervals), day.problems) == (MOST_INTERVALS, {MOST_INTERVALS: HoursProblem.TOO_MANY})


def test_hours_past_midnight_may_touch_the_next_days_and_not_overlap_them() -> None:
    touching = read_week([[("22:00", "02:00")], [("02:00", "05:00")], *[CLOSED] * 5])
    assert touching.problems == {}
    assert touching.weekly[:2] == ((Interval(1320, 120),), (Interval(120, 300),))
    overlapping = read_week([[("22:00", "02:00")], [("09:00", "12:00"), ("01:59", "05:00")], *[CLOSED] * 5])
    assert overlapping.problems == {(1, 1): HoursProblem.OVERLAPS_DAY_BEFORE}


def test_sunday_reaches_into_monday() -> None:
    week = read_week([[("01:00", "05:00")], *[CLOSED] * 5, [("22:00", "02:00")]])
    assert week.problems == {(0, 0): HoursProblem.OVERLAPS_DAY_BEFORE}
    assert read_week([[("00:00", "24:00")]] * 7).problems == {}
    assert read_week([[("09:00", "09:00")]] * 7).problems == {}
