"""Start times within the opening hours: where they begin, how far apart they are, and where a meeting fits in."""

from __future__ import annotations

from datetime import date

import pytest

from hubsync.domain.availability.opening_hours import USUAL_HOURS, Interval, OpeningHours
from tests.domain.availability.calendars import every_day, hours, look, offered, rules

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)


def test_a_new_calendar_is_open_from_monday_to_friday() -> None:
    days = [
        look(rules(opening=USUAL_HOURS), date(2026, 11, 30 + day) if day < 1 else date(2026, 12, day))
        for day in range(7)
    ]
    assert [len(day.times) for day in days] == [16] * 5 + [0, 0]
    assert (offered(days[0])[0], offered(days[0])[-1]) == ("09:00", "16:30")


def test_steps_begin_anew_at_each_opening() -> None:
    day = look(rules(opening=every_day("09:10-11:00", "13:05-14:10")), THURSDAY)
    assert offered(day) == ["09:10", "09:40", "10:10", "13:05", "13:35"]


def test_a_meeting_ends_within_the_hours() -> None:
    day = look(rules(opening=every_day("09:00-10:00"), duration_minutes=40, step_minutes=10), THURSDAY)
    assert offered(day) == ["09:00", "09:10", "09:20"]
    assert look(rules(opening=every_day("09:00-10:00"), duration_minutes=61), THURSDAY).times == ()


def test_other_hours_and_a_day_off_take_the_place_of_the_weekly_ones() -> None:
    opening = every_day("09:00-17:00", days={THURSDAY: hours("11:00-12:00"), FRIDAY: ()})
    assert offered(look(rules(opening=opening), THURSDAY)) == ["11:00", "11:30"]
    assert look(rules(opening=opening), FRIDAY).times == ()


def test_hours_past_midnight_stay_on_a_day_off() -> None:
    calendar = rules(opening=every_day("22:00-02:00", days={FRIDAY: ()}))
    assert offered(look(calendar, THURSDAY))[-4:] == ["22:00", "22:30", "23:00", "23:30"]
    assert offered(look(calendar, FRIDAY)) == ["00:00", "00:30", "01:00", "01:30"]


@pytest.mark.parametrize("typed", ["22:00-00:00", "22:00-24:00"])
def test_midnight_closes_a_day_under_both_its_names(typed: str) -> None:
    assert offered(look(rules(opening=every_day(typed)), THURSDAY)) == ["22:00", "22:30", "23:00", "23:30"]


@pytest.mark.parametrize("typed", ["00:00-24:00", "00:00-00:00", "09:00-09:00"])
def test_open_around_the_clock(typed: str) -> None:
    day = look(rules(opening=every_day(typed), step_minutes=5, duration_minutes=24 * 60), THURSDAY)
    assert len(day.offered) == 24 * 12


def test_steps_go_on_past_midnight_from_their_opening() -> None:
    day = look(rules(opening=every_day("22:00-02:00"), step_minutes=50, duration_minutes=20), THURSDAY)
    assert offered(day) == ["00:30", "01:20", "22:00", "22:50", "23:40"]


def test_a_meeting_runs_across_intervals_that_touch() -> None:
    opening = OpeningHours((*[hours("22:00-24:00", "00:00-02:00")] * 7,))
    calendar = rules(opening=opening, step_minutes=45, duration_minutes=60)
    assert offered(look(calendar, THURSDAY)) == ["00:00", "00:45", "22:00", "22:45", "23:30"]
    apart = rules(opening=every_day("22:00-23:59", "00:00-02:00"), step_minutes=45, duration_minutes=60)
    assert offered(look(apart, THURSDAY)) == ["00:00", "00:45", "22:00", "22:45"]


def test_hours_of_two_days_that_overlap_offer_each_time_once() -> None:
    calendar = rules(opening=every_day("22:00-02:00", days={FRIDAY: hours("01:00-03:00")}), step_minutes=20)
    assert offered(look(calendar, FRIDAY)) == [
        *("00:00", "00:20", "00:40", "01:00", "01:20", "01:40", "02:00", "02:20")
    ]


def test_an_interval_has_minutes_of_a_day() -> None:
    for wrong in (Interval(-1, 60), Interval(1440, 60), Interval(60, 1441), Interval(0, -1)):
        with pytest.raises(ValueError, match="no clock"):
            OpeningHours(((wrong,), *[()] * 6))
        with pytest.raises(ValueError, match="no clock"):
            OpeningHours(((),) * 7, {THURSDAY: (wrong,)})
    with pytest.raises(ValueError, match="seven"):
        OpeningHours(((),) * 6)
