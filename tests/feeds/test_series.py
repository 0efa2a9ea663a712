"""Series: rules, exceptions, and times that were moved, in every way in which senders write them."""

from __future__ import annotations

import pytest

from hubsync.feeds.reading import Person
from tests.feeds.calendars import busy, calendar, event, meeting, read, reasons, written

MONDAYS = ["07 09:00-10:00", "14 09:00-10:00", "21 09:00-10:00", "28 09:00-10:00"]
WEEKLY = "RRULE:FREQ=WEEKLY"
ALL_DAY = ("DTSTART;VALUE=DATE:20261207", "DTEND;VALUE=DATE:20261208", WEEKLY)
ALL_DAYS = ["06 23:00-07 23:00", "13 23:00-14 23:00", "20 23:00-21 23:00", "27 23:00-28 23:00"]


def series(*lines: str, first: str = "20261207") -> str:
    return meeting(first, WEEKLY, *lines)


def moved(recurrence_id: str, *lines: str, to: str = "20261215") -> str:
    return meeting(to, f"RECURRENCE-ID{recurrence_id}", *lines)


def test_every_time_of_a_series_counts() -> None:
    assert busy(calendar(series())) == MONDAYS


def test_a_series_of_old_reaches_into_the_window() -> None:
    assert busy(calendar(series(first="20100104"))) == MONDAYS


@pytest.mark.parametrize(("first", "days"), [("20200106", MONDAYS[1::2]), ("20200113", MONDAYS[::2])])
def test_every_other_week_since_long_ago(first: str, days: list[str]) -> None:
    assert busy(calendar(meeting(first, "RRULE:FREQ=WEEKLY;INTERVAL=2"))) == days


def test_a_series_over_the_change_of_daylight_saving_keeps_its_hour() -> None:
    assert busy(calendar(series(first="20260706"))) == MONDAYS  # which was 8 in UTC in July


def test_a_series_in_utc_keeps_its_moment() -> None:
    july = event("DTSTART:20260706T080000Z", "DTEND:20260706T090000Z", WEEKLY)
    assert busy(calendar(july)) == [each.replace("09:00-10:00", "08:00-09:00") for each in MONDAYS]


def test_a_series_of_days_that_began_before_the_window_and_lasts_into_it() -> None:
    nights = event("DTSTART:20261001T230000Z", "DTEND:20261002T010000Z", "RRULE:FREQ=DAILY;UNTIL=20261130T230000Z")
    assert busy(calendar(nights)) == ["11-30 23:00-01 01:00"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;COUNT=2", 2),
        ("FREQ=WEEKLY;COUNT=1000000000", 4),
        ("FREQ=WEEKLY;COUNT=-1", 4),
        ("FREQ=WEEKLY;UNTIL=20261221T090000Z", 3),
        ("FREQ=WEEKLY;UNTIL=20261221T085959Z", 2),
        ("FREQ=WEEKLY;UNTIL=20261221", 3),  # that day is included
        ("UNTIL=20261220;FREQ=WEEKLY", 2),
        ("FREQ=WEEKLY;UNTIL=20261221T100000", 3),  # in the zone of the series
        ("FREQ=WEEKLY;UNTIL=20261221T095959", 2),
        ("FREQ=WEEKLY;INTERVAL=2", 2),
        ("RSCALE=GREGORIAN;FREQ=WEEKLY;SKIP=OMIT", 4),
        ("freq=weekly;byday=mo;wkst=su", 4),
    ],
)
def test_ends_of_a_rule(rule: str, days: int) -> None:
    found = busy(calendar(meeting("20261207", f"RRULE:{rule}")))
    assert found == MONDAYS[:: 2 if "INTERVAL" in rule else 1][:days]


@pytest.mark.parametrize(
    ("until", "days"),
    [("20261221", 3), ("20261221T000000Z", 3), ("20261220T230000Z", 3), ("20261221T000000", 3), ("20261220", 2)],
)
def test_ends_of_an_all_day_rule(until: str, days: int) -> None:
    content = calendar(event(*ALL_DAY[:2], f"RRULE:FREQ=WEEKLY;UNTIL={until}"))
    assert busy(content) == ALL_DAYS[:days]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;TZID=Europe/Berlin:20261214T100000",
        "EXDATE:20261214T090000Z",
        "EXDATE:20261214T100000",  # without a zone: that of the series
        "EXDATE;TZID=America/New_York:20261214T040000",
        "EXDATE;VALUE=DATE:20261214",  # date-only on a timed series
        "EXDATE;TZID=Europe/Berlin:20261101T100000,20261214T100000",
        "EXDATE:20261101T090000Z\r\nEXDATE:20261214T090000Z",
    ],
)
def test_a_time_that_is_left_out(line: str) -> None:
    assert busy(calendar(series(line))) == [MONDAYS[0], *MONDAYS[2:]]


@pytest.mark.parametrize(
    "line",
    [
        "EXDATE;VALUE=DATE:20261214",
        "EXDATE:20261214",
        "EXDATE:20261214T000000",  # date-time on an all-day series (Exchange)
        "EXDATE;TZID=Europe/Berlin:20261214T000000",
        "EXDATE;TZID=W. Europe Standard Time:20261214T000000",
        "EXDATE:20261214T000000Z",
        "EXDATE:20261213T230000Z",
    ],
)
def test_a_day_that_is_left_out(line: str) -> None:
    assert busy(calendar(event(*ALL_DAY, line))) == [ALL_DAYS[0], *ALL_DAYS[2:]]


@pytest.mark.parametrize(
    "line", ["EXDATE:20261214T000000Z", "EXDATE;TZID=Europe/Berlin:20261214T000000", "EXDATE;VALUE=DATE:20261214"]
)
def test_a_midnight_is_the_day_that_it_names_wherever_the_host_is(line: str) -> None:
    days = [f"{day:02} 05:00-{day + 1:02} 05:00" for day in (7, 21, 28)]
    assert busy(calendar(event(*ALL_DAY, line)), person=Person(zone="America/New_York")) == days


@pytest.mark.parametrize(
    "recurrence_id",
    [
        ";TZID=Europe/Berlin:20261214T100000",
        ":20261214T090000Z",
        ";TZID=America/New_York:20261214T040000",  # another zone than DTSTART
        ";TZID=Asia/Tokyo:20261214T180000",
        ":20261214T100000",
        ";VALUE=DATE:20261214",
    ],
)
def test_a_meeting_that_was_moved_is_at_its_new_time_only(recurrence_id: str) -> None:
    for order in (1, -1):
        content = calendar(*[series(), moved(recurrence_id)][::order])
        assert busy(content) == [MONDAYS[0], "15 09:00-10:00", *MONDAYS[2:]]


TWICE = "RRULE:FREQ=WEEKLY;BYHOUR=9,10"
"""At 9 and 10 in Berlin, of which the latter is 9 in UTC."""


@pytest.mark.parametrize("line", ["EXDATE;TZID=Europe/Berlin:20261214T100000", "EXDATE:20261214T090000Z"])
def test_no_other_time_of_the_day_is_left_out(line: str) -> None:
    found = busy(calendar(meeting("20261207", TWICE, line)))
    assert [each for each in found if each.startswith("14")] == ["14 08:00-09:00"]


def test_a_date_leaves_out_all_times_of_that_day() -> None:
    found = busy(calendar(meeting("20261207", TWICE, "EXDATE;VALUE=DATE:20261214")))
    assert [each[:2] for each in found] == ["07", "21", "21", "28", "28"]  # 9:00 on the 7th is before the first


@pytest.mark.parametrize("line", ["EXDATE:20261214T100000", "EXDATE;TZID=Europe/Berlin:20261214T160000"])
def test_a_time_without_a_zone_is_by_the_clock_of_its_series(line: str) -> None:
    times = ("DTSTART;TZID=America/New_York:20261207T100000", "DTEND;TZID=America/New_York:20261207T110000")
    assert [each[:2] for each in busy(calendar(event(*times, WEEKLY, line)))] == ["07", "21", "28"]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Pacific/Honolulu", "11-30 10:00-01 10:00", "28 10:00-29 10:00"),
        ("Pacific/Kiritimati", "06 10:00-07 10:00", "27 10:00-28 10:00"),
    ],
)
def test_days_at_the_edges_of_the_window_are_the_hosts(zone: str, first: str, last: str) -> None:
    found = busy(calendar(event("DTSTART;VALUE=DATE:20261102", WEEKLY)), person=Person(zone=zone))
    assert (found[0], found[-1]) == (first, last)


def test_no_other_time_of_the_day_is_moved() -> None:
    found = busy(calendar(meeting("20261207", TWICE), moved(":20261214T090000Z")))
    assert [each for each in found if each.startswith(("14", "15"))] == ["14 08:00-09:00", "15 09:00-10:00"]


def test_a_moved_time_counts_although_its_former_one_is_left_out() -> None:
    content = calendar(series("EXDATE:20261214T090000Z"), moved(":20261214T090000Z"))
    assert busy(content) == [MONDAYS[0], "15 09:00-10:00", *MONDAYS[2:]]


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_a_time_that_was_cancelled_is_no_ghost(line: str) -> None:
    content = calendar(series(), moved(":20261214T090000Z", line, to="20261214"))
    assert busy(content) == [MONDAYS[0], *MONDAYS[2:]]


def test_a_time_that_the_host_alone_declined() -> None:
    declined = moved(":20261214T090000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:host@acme.example", to="20261214")
    assert busy(calendar(series(), declined)) == [MONDAYS[0], *MONDAYS[2:]]


def test_one_busy_time_of_a_series_that_is_free_otherwise() -> None:
    content = calendar(series("TRANSP:TRANSPARENT"), moved(":20261214T090000Z", to="20261214"))
    assert busy(content) == [MONDAYS[1]]


def test_a_day_of_an_all_day_series_that_was_moved() -> None:
    for recurrence_id in (";VALUE=DATE:20261214", ":20261214T000000", ":20261213T230000Z"):
        day = event(f"RECURRENCE-ID{recurrence_id}", "DTSTART;VALUE=DATE:20261216")
        assert busy(calendar(event(*ALL_DAY), day)) == [ALL_DAYS[0], "15 23:00-16 23:00", *ALL_DAYS[2:]]


def test_a_time_that_was_moved_into_the_window_from_far_outside() -> None:
    content = calendar(series("EXDATE:20261207T090000Z", first="20260105"), moved(":20270607T080000Z"))
    assert busy(content) == ["14 09:00-10:00", "15 09:00-10:00", *MONDAYS[2:]]


def test_a_time_that_was_moved_out_of_the_window() -> None:
    assert busy(calendar(series(), moved(":20261214T090000Z", to="20270215"))) == [MONDAYS[0], *MONDAYS[2:]]


def test_without_a_uid_a_moved_time_is_of_no_series() -> None:
    bare = calendar(series(), moved(":20261214T090000Z")).replace(b"UID:a@calendar.example\r\n", b"")
    assert busy(bare) == [*MONDAYS[:2], "15 09:00-10:00", *MONDAYS[2:]]


def test_a_moved_time_without_its_series_counts() -> None:
    assert busy(calendar(moved(":20261214T090000Z"))) == ["15 09:00-10:00"]


def test_the_latest_of_several_shapes_of_one_time_counts() -> None:
    earlier = moved(":20261214T090000Z", "SEQUENCE:1", to="20261215")
    later = moved(":20261214T090000Z", "SEQUENCE:2", to="20261216")
    for shapes in ((earlier, later), (later, earlier)):
        assert busy(calendar(series("SEQUENCE:3"), *shapes)) == [MONDAYS[0], "16 09:00-10:00", *MONDAYS[2:]]


def test_this_and_all_following_times_were_moved() -> None:
    following = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261214T090000Z",
        "DTSTART:20261214T120000Z",
        "DTEND:20261214T140000Z",
    )
    expected = [MONDAYS[0], *(f"{day} 12:00-14:00" for day in (14, 21, 28))]
    assert busy(calendar(series(), following)) == expected


def test_more_times_than_the_rule_gives() -> None:
    line = "RDATE;TZID=Europe/Berlin:20261209T100000"
    assert busy(calendar(meeting("20261207", line))) == [MONDAYS[0], "09 09:00-10:00"]


def test_more_times_with_ends_of_their_own() -> None:
    line = "RDATE;VALUE=PERIOD:20261209T100000Z/20261209T113000Z,20261210T100000Z/PT2H"
    expected = [MONDAYS[0], "09 10:00-11:30", "10 10:00-12:00"]
    assert busy(calendar(meeting("20261207", line))) == expected


def test_a_series_may_have_two_rules() -> None:
    found = busy(calendar(meeting("20261207", "RRULE:FREQ=MONTHLY", "RRULE:FREQ=WEEKLY;COUNT=2")))
    assert found == MONDAYS[:2]


def test_two_series_of_one_uid_each_count() -> None:
    tuesdays = meeting("20261208", WEEKLY)
    assert len(busy(calendar(series(), tuesdays))) == 8


@pytest.mark.parametrize(
    "rule",
    [
        "INTERVAL=0;FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=SOMETIMES",
        "FREQ=WEEKLY;BYDAY=XX",
        "",
        "X",
    ],
)
def test_a_rule_that_makes_no_sense_is_left_out_and_the_others_count(rule: str) -> None:
    contents = read(calendar(meeting("20261203"), meeting("20261207", f"RRULE:{rule}", uid="b")))
    assert written(contents) == ["03 09:00-10:00"]
    assert reasons(contents.unread) == [("rule_invalid", "2026-12-07")]


def test_a_series_whose_times_cannot_be_kept_is_left_out() -> None:
    contents = read(calendar(meeting("20261203"), meeting("20261207", "RRULE:FREQ=MINUTELY", uid="b")))
    assert written(contents) == ["03 09:00-10:00"]
    assert reasons(contents.unread) == [("too_many_times", "2026-12-07")]
