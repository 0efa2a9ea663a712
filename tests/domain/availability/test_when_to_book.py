"""How soon, how far ahead and how often a day a calendar is booked, and what is said of a time that is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hubsync.domain.availability.booking_window import BookingWindow
from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.availability.offers import MOST_DAYS, Offers, count_per_day
from hubsync.domain.availability.opening_hours import OpeningHours
from hubsync.domain.availability.refusals import Reason
from hubsync.domain.availability.rules import Fixed, FreeTimeRules, Period, Rolling
from hubsync.domain.availability.seconds import day_number, next_second
from hubsync.domain.busy_calendars import window_at
from tests.domain.availability.calendars import LONG_AGO, MIKA, every_day, hours, look, offered, reasons, rules

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
THURSDAY = date(2026, 12, 3)
FREE = [HostTimes(MIKA)]


def at(hour: int, minute: int = 0, day: int = 3) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)


def test_least_notice_includes_its_edge() -> None:
    day = look(rules(notice_minutes=240), THURSDAY, now=at(8))
    assert (offered(day)[0], reasons(day)["11:30"]) == ("12:00", [Reason.NOTICE])
    assert offered(look(rules(notice_minutes=240), THURSDAY, now=at(8) + timedelta(microseconds=1)))[0] == "12:30"


def test_least_notice_is_elapsed_time() -> None:
    now = datetime(2026, 3, 28, 20, tzinfo=BERLIN)  # the night is an hour shorter
    assert offered(look(rules(notice_minutes=13 * 60), date(2026, 3, 29), now=now))[0] == "10:00"
    now = datetime(2026, 10, 24, 20, tzinfo=BERLIN)
    assert offered(look(rules(notice_minutes=15 * 60), date(2026, 10, 25), now=now))[0] == "10:00"


@pytest.mark.parametrize("notice", [0, 240])
@pytest.mark.parametrize("period", [Rolling(1), Fixed(date(2026, 12, 3), date(2026, 12, 4))])
def test_what_may_be_booked_of_many_starts_is_what_none_of_them_is_refused_for(
    notice: int, period: Period
) -> None:
    window = BookingWindow(rules(notice_minutes=notice, period=period), at(8, day=2))
    edges = [next_second(at(8, day=2)) + notice * 60 + shift for shift in (-1, 0, 1)]
    starts = [(second, day_number(date(2026, 12, day))) for second in edges for day in range(1, 6)]
    allowed = [each for each in starts if window.refusal(*each) is None]
    assert window.bookable(starts) == allowed
    assert 0 < len(allowed) < len(starts)


def test_what_has_begun_is_past() -> None:
    day = look(rules(), THURSDAY, now=at(10))
    assert reasons(day) == {"09:00": [Reason.PAST], "09:30": [Reason.PAST]}
    assert offered(look(rules(), THURSDAY, now=at(10) + timedelta(microseconds=1)))[0] == "10:30"


def test_a_rolling_period_goes_to_the_end_of_its_last_date_in_the_calendars_zone() -> None:
    calendar = rules("Asia/Tokyo", every_day("00:00-24:00"), period=Rolling(1))
    now = datetime(2026, 12, 2, 15, 30, tzinfo=UTC)  # the 3rd in Tokyo
    days = Offers(calendar, FREE, now).between(date(2026, 12, 3), date(2026, 12, 5))
    assert [len(each.offered) for each in days] == [47, 48, 0]
    assert reasons(days[2])["00:00"] == [Reason.BEYOND_PERIOD]
    assert offered(look(rules(period=Rolling(0)), THURSDAY, now=at(16)))[-1] == "16:30", "today alone"


def test_a_fixed_period_includes_both_its_dates() -> None:
    calendar = rules(period=Fixed(date(2026, 12, 2), date(2026, 12, 3)))
    days = Offers(calendar, FREE, at(0, day=1)).between(date(2026, 12, 1), date(2026, 12, 4))
    assert [len(each.offered) for each in days] == [0, 16, 16, 0]
    assert reasons(days[0])["16:30"] == [Reason.NOT_OPEN_YET]
    assert reasons(days[3])["09:00"] == [Reason.BEYOND_PERIOD]


def test_the_days_that_can_be_booked() -> None:
    calendar = rules("Asia/Tokyo", period=Rolling(60))
    assert calendar.bookable_days(datetime(2026, 12, 2, 15, tzinfo=UTC)) == (date(2026, 12, 3), date(2027, 2, 1))
    fixed = rules(period=Fixed(date(2026, 12, 2), date(2026, 12, 9)))
    assert fixed.bookable_days(at(9, day=1)) == (date(2026, 12, 2), date(2026, 12, 9))
    assert fixed.bookable_days(at(9)) == (date(2026, 12, 3), date(2026, 12, 9))
    assert fixed.bookable_days(at(9, day=10)) is None


def test_no_day_can_be_booked_of_which_nobody_knows_yet_when_hosts_are_busy() -> None:
    calendar = rules(period=Fixed(date(2028, 12, 1), date(2029, 1, 31)))
    assert calendar.bookable_days(at(9)) == (date(2028, 12, 1), date(2028, 12, 21))
    assert calendar.bookable_days(at(9) - timedelta(days=30)) is None
    read = window_at(at(9).astimezone(UTC) - timedelta(days=1))  # yesterday, and not since
    assert read.end >= datetime(2028, 12, 22, tzinfo=BERLIN)


def test_the_start_times_of_a_period_are_estimated_for_all_its_hosts() -> None:
    assert rules(period=Rolling(60)).count_looks(3) == pytest.approx(3 * 61 * 16, rel=0.01)
    day = {date(2026, 12, 3): hours("00:00-24:00")}
    assert rules(opening=OpeningHours(((),) * 7, day), period=Rolling(60)).count_looks(2) == 96


def test_a_full_day_has_no_more_times_and_says_what_else_is_in_the_way() -> None:
    booked = [Booked(at(9), at(9, 30), True), Booked(at(10), at(10, 30), True)]
    hosts = [HostTimes(MIKA, booked=booked)]
    count = count_per_day((each.start for each in booked), BERLIN)
    (day,) = Offers(rules(most_a_day=2), hosts, at(0), count).between(THURSDAY, THURSDAY)
    assert day.offered == ()
    assert (reasons(day)["09:00"], reasons(day)["09:30"]) == ([Reason.BOOKED], [Reason.DAY_FULL])
    (day,) = Offers(rules(most_a_day=3), hosts, at(0), count).between(THURSDAY, THURSDAY)
    assert len(day.offered) == 14


def test_searches_pass_over_a_full_day() -> None:
    offers = Offers(rules(most_a_day=1), FREE, at(0), {THURSDAY: 1})
    following = offers.first_from(at(12))
    assert following is not None
    assert following.local == at(9, day=4)
    assert [each.local for each in offers.nearest(at(12), 2)] == [at(9, day=4), at(9, 30, day=4)]


def test_bookings_are_counted_by_the_calendars_date_of_their_start() -> None:
    starts = [datetime(2026, 12, 2, 23, 30, tzinfo=UTC), datetime(2026, 12, 2, 22, 30, tzinfo=UTC)]
    assert count_per_day(starts, BERLIN) == {date(2026, 12, 3): 1, date(2026, 12, 2): 1}
    assert count_per_day(starts, TOKYO) == {date(2026, 12, 3): 2}


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (at(8, 30), Reason.OUTSIDE_HOURS),
        (at(16, 45), Reason.OUTSIDE_HOURS),
        (at(17), Reason.OUTSIDE_HOURS),
        (at(9, 10), Reason.OFF_STEP),
        (at(9) + timedelta(seconds=1), Reason.OFF_STEP),
        (at(9) + timedelta(microseconds=1), Reason.OFF_STEP),
        (at(9, day=2), Reason.PAST),
        (at(9) + timedelta(days=61), Reason.BEYOND_PERIOD),
        (datetime.max.replace(tzinfo=UTC), Reason.BEYOND_PERIOD),
        (datetime.max.replace(tzinfo=ZoneInfo("America/New_York")), Reason.BEYOND_PERIOD),
        (datetime.min.replace(tzinfo=TOKYO), Reason.PAST),
        (LONG_AGO, Reason.PAST),
        (at(9), Reason.BUSY),
    ],
)
def test_a_time_that_somebody_sends_is_judged_by_the_same_rules(start: datetime, reason: Reason) -> None:
    offers = Offers(rules(), [HostTimes(MIKA, [Busy(at(9), at(9, 30), 1)])], at(0))
    time = offers.at(start)
    assert [each.reason for each in time.refusals] == [reason]
    assert not offers.is_offered(start)
    assert time.local == time.start, "whatever the year"


def test_a_time_is_known_by_its_instant_in_whatever_zone_it_comes() -> None:
    offers = Offers(rules(), FREE, at(0))
    assert offers.is_offered(at(9, 30).astimezone(TOKYO))
    night = Offers(rules(opening=every_day("02:00-03:00")), FREE, LONG_AGO + timedelta(days=365 * 26))
    second_turn = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN)
    assert night.at(second_turn).start == second_turn.astimezone(UTC)


def test_days_are_those_of_a_guests_zone_if_it_is_given() -> None:
    guest = ZoneInfo("Pacific/Kiritimati")
    calendar = rules("Etc/GMT+12", every_day("00:00-24:00"), step_minutes=60)  # 26 hours behind
    (day,) = Offers(calendar, FREE, at(0, day=1)).between(THURSDAY, THURSDAY, guest)
    assert [each.start.astimezone(guest).hour for each in day.times] == list(range(24))
    assert {each.local.date() for each in day.times} == {date(2026, 12, 1), date(2026, 12, 2)}


def test_days_that_no_calendar_has_are_empty() -> None:
    offers = Offers(rules(opening=every_day("00:00-24:00")), FREE, at(0))
    assert offers.between(date.max, date.max)[0].times == ()
    assert offers.between(date.min, date.min, TOKYO)[0].times == ()
    assert offers.between(THURSDAY, THURSDAY - timedelta(days=1)) == ()
    with pytest.raises(ValueError, match="too many"):
        offers.between(THURSDAY, THURSDAY + timedelta(days=MOST_DAYS))


def test_the_next_offered_time_is_found_however_far_it_is() -> None:
    hosts = [HostTimes(MIKA, [Busy(at(0), at(0) + timedelta(days=300), 1)])]
    offers = Offers(rules(period=Rolling(365)), hosts, at(0))
    following = offers.first_from(at(12))
    assert following is not None
    assert following.local.date() == THURSDAY + timedelta(days=300)
    assert Offers(rules(period=Rolling(299)), hosts, at(0)).first_from(at(12)) is None
    assert offers.first_from(datetime.max.replace(tzinfo=UTC)) is None


def test_the_next_offered_time_may_be_the_one_that_was_asked_for() -> None:
    offers = Offers(rules(), FREE, at(0))
    given = [offers.first_from(at(9, 30)), offers.first_from(at(9, 30) + timedelta(microseconds=1))]
    assert [each and f"{each.local:%H:%M}" for each in given] == ["09:30", "10:00"]


def test_the_nearest_times_are_on_both_sides_in_their_order() -> None:
    offers = Offers(rules(), [HostTimes(MIKA, booked=[Booked(at(12), at(13), True)])], at(0))
    assert [f"{each.local:%H:%M}" for each in offers.nearest(at(12), 3)] == ["11:00", "11:30", "13:00"]
    assert [each.local.day for each in offers.nearest(at(0, day=4), 2)] == [3, 3]


def test_a_nearer_time_two_days_off_is_preferred_to_one_on_the_next_day() -> None:
    before = {date(2026, 12, 1): hours("23:30-24:00"), date(2026, 12, 4): hours("09:00-09:30")}
    after = {date(2026, 12, 2): hours("15:00-15:30"), date(2026, 12, 5): hours("00:30-01:00")}
    for days, asked, expected in ((before, at(2), at(23, 30, day=1)), (after, at(22), at(0, 30, day=5))):
        calendar = rules(opening=OpeningHours(((),) * 7, days), period=Fixed(min(days), max(days)))
        (nearest,) = Offers(calendar, FREE, at(0, day=1)).nearest(asked, 1)
        assert nearest.local == expected


def test_searches_go_by_the_calendars_date_where_utc_has_another() -> None:
    honolulu = ZoneInfo("Pacific/Honolulu")
    evening = datetime(2026, 12, 3, 20, tzinfo=honolulu)  # the 4th in UTC
    calendar = rules("Pacific/Honolulu", every_day("00:00-24:00"), period=Rolling(0))
    offers = Offers(calendar, FREE, evening)
    following = offers.first_from(evening)
    assert following is not None
    assert following.local == evening
    assert offers.is_offered(datetime(2026, 12, 3, 23, 30, tzinfo=honolulu)), "on the last date"


def test_the_nearest_times_to_one_beyond_the_period_are_its_last_ones() -> None:
    offers = Offers(rules(period=Rolling(2)), FREE, at(0))
    assert [f"{each.local:%d %H:%M}" for each in offers.nearest(at(9) + timedelta(days=900), 2)] == [
        "05 16:00",
        "05 16:30",
    ]
    assert [f"{each.local:%d %H:%M}" for each in offers.nearest(LONG_AGO, 2)] == ["03 09:00", "03 09:30"]
    assert len(offers.nearest(at(9), 1000)) == 3 * 16
    assert Offers(rules(period=Fixed(date(2026, 1, 1), date(2026, 2, 1))), FREE, at(0)).nearest(at(9)) == ()


@pytest.mark.slow
def test_a_year_around_the_clock_in_steps_of_five_minutes_has_an_end() -> None:
    calendar = rules(opening=every_day("00:00-24:00"), step_minutes=5, period=Rolling(365))
    days = Offers(calendar, FREE, at(0)).between(THURSDAY, THURSDAY + timedelta(days=365))
    assert sum(len(each.offered) for each in days) == 366 * 24 * 12


@pytest.mark.parametrize(
    "given",
    [
        {"duration_minutes": 0},
        {"duration_minutes": 1441},
        {"step_minutes": 0},
        {"buffer_before": -1},
        {"buffer_after": 1441},
        {"notice_minutes": -1},
        {"most_a_day": 0},
        {"period": Rolling(-1)},
        {"period": Rolling(366)},
        {"period": Fixed(date(2026, 12, 4), date(2026, 12, 3))},
        {"period": Fixed(date(2026, 1, 1), date(2028, 1, 2))},
        {"period": Fixed(date(9999, 12, 30), date(9999, 12, 31))},
    ],
)
def test_rules_beyond_their_limits_are_refused_by_the_name_of_the_field(given: dict[str, Any]) -> None:
    (name,) = given
    with pytest.raises(ValueError, match=name):
        rules(**given)


def test_a_calendar_starts_with_sensible_rules() -> None:
    usual = FreeTimeRules(BERLIN, every_day("09:00-17:00"))
    assert (usual.duration_minutes, usual.step_minutes, usual.period) == (30, 30, Rolling(60))
