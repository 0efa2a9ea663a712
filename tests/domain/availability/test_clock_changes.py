"""Hours on the days on which clocks are changed: each minute is open by what the clock shows then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hubsync.domain.availability.hosts import Busy, HostTimes
from hubsync.domain.availability.offers import Offers
from tests.domain.availability.calendars import (
    LONG_AGO,
    MIKA,
    every_day,
    look,
    offered,
    offered_with_offset,
    rules,
)


def test_times_that_clocks_skip_are_not_there_and_steps_go_on_by_the_clocks_face() -> None:
    calendar = rules(opening=every_day("00:00-05:00"), step_minutes=45, duration_minutes=15)
    assert offered(look(calendar, date(2026, 3, 28))) == [
        "00:00",
        "00:45",
        "01:30",
        "02:15",
        "03:00",
        "03:45",
        "04:30",
    ]
    assert offered(look(calendar, date(2026, 3, 29))) == ["00:00", "00:45", "01:30", "03:00", "03:45", "04:30"]


def test_a_meeting_runs_across_what_clocks_skip() -> None:
    day = look(rules(opening=every_day("01:00-04:00"), duration_minutes=60), date(2026, 3, 29))
    assert offered_with_offset(day) == ["01:00+01:00", "01:30+01:00", "03:00+02:00"]


def test_both_turns_of_a_repeated_hour_are_offered_and_told_apart() -> None:
    day = look(rules(opening=every_day("02:00-03:00")), date(2026, 10, 25))
    assert offered_with_offset(day) == ["02:00+02:00", "02:30+02:00", "02:00+01:00", "02:30+01:00"]
    assert len({each.start for each in day.times}) == 4
    assert [each.local.fold for each in day.times] == [0, 0, 1, 1]


def test_a_meeting_runs_from_the_first_turn_into_the_second() -> None:
    day = look(rules(opening=every_day("02:00-03:00"), duration_minutes=60), date(2026, 10, 25))
    assert offered_with_offset(day) == ["02:00+02:00", "02:30+02:00", "02:00+01:00"]


def test_no_minute_of_a_meeting_is_outside_the_hours_between_two_turns() -> None:
    opening = every_day("01:00-02:30")  # closed from 02:30 to 03:00, the first time
    day = look(rules(opening=opening, duration_minutes=60), date(2026, 10, 25))
    assert offered_with_offset(day) == ["01:00+02:00", "01:30+02:00"]
    day = look(rules(opening=opening, duration_minutes=30), date(2026, 10, 25))
    assert offered_with_offset(day)[2:] == ["02:00+02:00", "02:00+01:00"]


def test_lord_howe_changes_its_clocks_by_half_an_hour() -> None:
    calendar = rules("Australia/Lord_Howe", every_day("01:00-03:00"), duration_minutes=15)
    back = look(calendar, date(2026, 4, 5))
    assert offered_with_offset(back) == ["01:00+11:00", "01:30+11:00", "01:30+10:30", "02:00+10:30", "02:30+10:30"]
    ahead = look(calendar, date(2026, 10, 4))
    assert offered_with_offset(ahead) == ["01:00+10:30", "01:30+10:30", "02:30+11:00"]


@pytest.mark.parametrize(
    ("zone", "in_utc"), [("Asia/Kolkata", "03:30"), ("Asia/Kathmandu", "03:15"), ("Pacific/Chatham", "19:15")]
)
def test_offsets_of_half_and_quarter_hours(zone: str, in_utc: str) -> None:
    first = look(rules(zone), date(2026, 12, 3)).times[0]
    assert (f"{first.local:%H:%M}", f"{first.start:%H:%M}") == ("09:00", in_utc)


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("Africa/Cairo", date(2026, 4, 24), "01:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "01:00"),
        ("Asia/Beirut", date(2026, 3, 29), "01:00"),
        ("America/St_Johns", date(2010, 3, 14), "00:00"),
    ],
)
def test_a_day_without_its_midnight(zone: str, day: date, first: str) -> None:
    assert offered(look(rules(zone, every_day("00:00-24:00")), day))[0] == first


def test_a_day_that_goes_back_before_its_midnight() -> None:
    calendar = rules("Africa/Cairo", every_day("22:00-02:00"))
    thursday = look(calendar, date(2026, 10, 29))
    assert offered_with_offset(thursday)[4:] == [
        *("22:00+03:00", "22:30+03:00", "23:00+03:00", "23:30+03:00", "23:00+02:00", "23:30+02:00")
    ]
    assert offered(look(calendar, date(2026, 10, 30)))[:5] == ["00:00", "00:30", "01:00", "01:30", "22:00"]


def test_a_clock_that_goes_back_across_midnight_mixes_two_dates() -> None:
    # In St. John's Sunday began, and after a minute it was 23:01 on Saturday again.
    calendar = rules("America/St_Johns", every_day("00:00-24:00"))
    saturday, sunday = date(2010, 11, 6), date(2010, 11, 7)
    assert offered_with_offset(look(calendar, saturday))[-3:] == ["23:00-02:30", "23:30-02:30", "23:30-03:30"]
    assert offered_with_offset(look(calendar, sunday))[:2] == ["00:00-02:30", "00:00-03:30"]
    last = look(calendar, saturday).times[-1].start
    first = look(calendar, sunday).times[0].start
    assert first < last
    now, half_a_minute = LONG_AGO.replace(year=2010, month=11), timedelta(seconds=30)
    offers = Offers(calendar, [HostTimes(MIKA)], now)
    assert offers.first_from(first - half_a_minute) == offers.first_from(first) == offers.at(first)
    assert offers.first_from(first + half_a_minute) == offers.at(last)
    late = Offers(calendar, [HostTimes(MIKA, [Busy(now, first, 1)])], now)
    assert {late.first_from(first - timedelta(days=days)) for days in range(4)} == {late.at(first)}


def test_a_day_that_a_country_skipped_has_no_times() -> None:
    calendar = rules("Pacific/Apia", every_day("00:00-24:00"), duration_minutes=60)
    thursday, friday, saturday = (look(calendar, date(2011, 12, day)) for day in (29, 30, 31))
    assert friday.times == ()
    assert offered(thursday)[-1] == "23:30", "into Saturday, which is open as well"
    assert (saturday.times[0].start - thursday.times[-1].start).total_seconds() == 30 * 60


def test_what_a_skipped_day_has_after_midnight_is_there() -> None:
    calendar = rules("Pacific/Apia", every_day("22:00-02:00"))
    assert offered(look(calendar, date(2011, 12, 31)))[:2] == ["00:00", "00:30"], "of the hours of Friday"
