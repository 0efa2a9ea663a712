"""Times of exports: read as they are written, in the calendar's zone, and never guessed."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from hubsync.domain.imports.moments import DayOrder, MomentProblem, order_shown, read_day, read_span

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 10:00",
        "2026-03-01T10:00:00",
        "2026-03-01T10:00:00.000+09:00",
        "2026-03-01T01:00:00Z",
        "2026-02-28T20:00:00-05:00",
        "2026-02-28T20:00-0500",
        "2026/3/1 10:00",
        "2026/03/01（日） 10:00",
        "２０２６年３月１日（日）１０時００分",
        "2026年3月1日 午前10:00",
        "2026年3月1日 10時",
        "2026.03.01 10:00",
        "1.3.2026 10:00",
        "Sun, 1 Mar 2026 10:00",
        "March 1, 2026 at 10:00 AM",
        "Sunday, March 1st, 2026 10:00am",
        "01-Mar-2026 10:00 a.m.",
        "2026-03-01 10:00 UTC+09:00",
        "2026-03-01 01:00 GMT",
    ],
)
def test_one_instant_is_read_however_it_is_written(text: str) -> None:
    span = read_span(text, TOKYO)
    assert not isinstance(span, MomentProblem)
    assert (span[0].astimezone(TOKYO).isoformat(), span[1]) == ("2026-03-01T10:00:00+09:00", None)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026/03/01(日) 10:00-10:30", "2026-03-01T10:30:00+09:00"),
        ("2026/03/01 10:00 〜 11:00", "2026-03-01T11:00:00+09:00"),
        ("2026-03-01 10:00 AM - 1:15 PM", "2026-03-01T13:15:00+09:00"),
        ("2026-03-01 10:00～00:30", "2026-03-02T00:30:00+09:00"),
    ],
)
def test_an_end_in_the_same_cell_is_read_as_well(text: str, end: str) -> None:
    span = read_span(text, TOKYO)
    assert not isinstance(span, MomentProblem)
    assert span[1] is not None
    assert span[1].isoformat() == end


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", MomentProblem.NOT_A_TIME),
        ("tomorrow", MomentProblem.NOT_A_TIME),
        ("44621.4166", MomentProblem.NOT_A_TIME),
        ("26/03/01 10:00", MomentProblem.NOT_A_TIME),
        ("2026-03-01 10:00 JST", MomentProblem.NOT_A_TIME),
        ("2026-03-01 25:00", MomentProblem.NOT_A_TIME),
        ("2026-03-01 13:00 pm", MomentProblem.NOT_A_TIME),
        ("2026-03-01 10", MomentProblem.NOT_A_TIME),
        ("2026-02-30 10:00", MomentProblem.NO_SUCH_DAY),
        ("0026-02-03 10:00", MomentProblem.NO_SUCH_DAY),
        ("2026-03-01", MomentProblem.NO_TIME_OF_DAY),
        ("10:00", MomentProblem.NO_DAY),
        ("午後3時 - 午後4時", MomentProblem.NO_DAY),
        ("25:00", MomentProblem.NOT_A_TIME),
        ("03/04/2026 10:00", MomentProblem.DAY_OR_MONTH),
        ("2026-03-29 02:30", MomentProblem.NO_SUCH_TIME),
        ("2026-03-29T10:00:00+25:00", MomentProblem.NOT_A_TIME),
    ],
)
def test_what_is_no_time_says_why(text: str, problem: MomentProblem) -> None:
    assert read_span(text, BERLIN) is problem


def test_day_and_month_are_as_a_person_said() -> None:
    assert read_day("03/04/2026", DayOrder.DAY_FIRST) == date(2026, 4, 3)
    assert read_day("03/04/2026", DayOrder.MONTH_FIRST) == date(2026, 3, 4)
    assert read_day("03/03/2026") == date(2026, 3, 3)
    assert read_day("31/04/2026", DayOrder.MONTH_FIRST) is MomentProblem.NO_SUCH_DAY
    assert read_day("2026-03-01 00:00:00") == date(2026, 3, 1)


def test_a_file_shows_the_order_where_a_text_can_be_read_in_one_way_only() -> None:
    assert order_shown(["03/04/2026 10:00", "2026-01-01"]) == (True, frozenset())
    assert order_shown(["03/04/2026", "25/04/2026"]) == (True, frozenset({DayOrder.DAY_FIRST}))
    assert order_shown(["03/04/2026", "04/25/2026", "25/04/2026"]) == (True, frozenset(DayOrder))
    assert order_shown(["3.4.2026 10:00", "nothing", "05/05/2026"]) == (False, frozenset())
