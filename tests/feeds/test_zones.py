"""Time zones of a feed: by name, by definition, by the calendar, by the host."""

from __future__ import annotations

import pytest

from hubsync.feeds.reading import Person
from tests.feeds.calendars import BERLIN, HOST, busy, calendar, event, read, reasons, window, written

FIVE_EAST = """\
BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0500
TZOFFSETTO:+0500
TZNAME:X
END:STANDARD
END:VTIMEZONE"""
"""A zone that is five hours ahead of UTC all the year, whatever it is called."""
SUMMER_TIME = """\
BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""
INVALID = """\
BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:nonsense
TZOFFSETFROM:
RRULE:FREQ=YEARLY;BYDAY=9XX
END:STANDARD
END:VTIMEZONE"""


def at_ten(zone: str = "", *more: str) -> str:
    name = f";TZID={zone}" if zone else ""
    return event(f"DTSTART{name}:20261203T100000", f"DTEND{name}:20261203T110000", *more)


def define(definition: str, name: str) -> str:
    return definition.format(name=name).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Europe/Berlin", "03 09:00-10:00"),
        ("America/Argentina/Buenos_Aires", "03 13:00-14:00"),
        ("Asia/Calcutta", "03 04:30-05:30"),  # an old name
        ("UTC", "03 10:00-11:00"),
        ("Etc/GMT+3", "03 13:00-14:00"),
        ("W. Europe Standard Time", "03 09:00-10:00"),
        ("Pacific Standard Time", "03 18:00-19:00"),
        ('"Tokyo Standard Time"', "03 01:00-02:00"),
        ("/freeassociation.sourceforge.net/Asia/Tokyo", "03 01:00-02:00"),
        ("/citadel.org/20210210_1/America/Argentina/Buenos_Aires", "03 13:00-14:00"),
        ("asia/tokyo", "03 01:00-02:00"),
        ("tzone://Microsoft/Utc", "03 10:00-11:00"),
    ],
)
def test_names_of_zones(name: str, expected: str) -> None:
    assert busy(calendar(at_ten(name))) == [expected]


@pytest.mark.parametrize("name", ["Asia/Tokyo", "Tokyo Standard Time"])
def test_a_name_beats_its_definition(name: str) -> None:
    assert busy(calendar(define(FIVE_EAST, name), at_ten(name))) == ["03 01:00-02:00"]


@pytest.mark.parametrize(
    "name", ["Customized Time Zone", "(UTC+05:00) Here, there", "tzone://Microsoft/Custom", "Acme/Office"]
)
def test_a_name_that_nobody_knows_is_as_the_file_defines_it(name: str) -> None:
    assert busy(calendar(define(FIVE_EAST, name), at_ten(name))) == ["03 05:00-06:00"]


def test_such_a_name_may_stand_in_quotes() -> None:
    content = calendar(define(FIVE_EAST, "(UTC+05:00) Here, there"), at_ten('"(UTC+05:00) Here, there"'))
    assert busy(content) == ["03 05:00-06:00"]


def test_a_definition_may_come_after_the_event() -> None:
    assert busy(calendar(at_ten("Office"), define(FIVE_EAST, "Office"))) == ["03 05:00-06:00"]


def test_a_defined_zone_has_its_summer_time() -> None:
    series = event(
        "DTSTART;TZID=Office:20260601T100000", "DTEND;TZID=Office:20260601T110000", "RRULE:FREQ=MONTHLY"
    )
    summer = event("DTSTART;TZID=Office:20261203T100000", "DTEND:20261203T093000Z", uid="mixed")
    content = calendar(define(SUMMER_TIME, "Office"), series, summer)
    assert busy(content) == ["01 09:00-10:00", "03 09:00-09:30"]


@pytest.mark.parametrize("name", ["W. Europe Standard Time", "Europe/Berlin"])
def test_an_invalid_definition_of_a_known_name_stops_nothing(name: str) -> None:
    # https://github.com/home-assistant/core/issues/142164
    assert busy(calendar(define(INVALID, name), at_ten(name))) == ["03 09:00-10:00"]


@pytest.mark.parametrize("parts", [[], [define(INVALID, "Office")]])
@pytest.mark.parametrize(
    ("own", "expected"), [("", "03 09:00-10:00"), ("X-WR-TIMEZONE:Asia/Tokyo", "03 01:00-02:00")]
)
def test_a_zone_that_nobody_knows_is_guessed_and_named(parts: list[str], own: str, expected: str) -> None:
    contents = read(calendar(*([own] if own else []), *parts, at_ten("Office")))
    assert written(contents) == [expected]
    assert reasons(contents.unread) == [("zone_unknown", "2026-12-03")]


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "America", "localtime", "posixrules", "x" * 999]
)
def test_no_name_reaches_a_file(name: str) -> None:
    assert reasons(read(calendar(at_ten(name))).unread) == [("zone_unknown", "2026-12-03")]


@pytest.mark.parametrize(
    ("own", "home", "expected"),
    [
        ("", BERLIN, "03 09:00-10:00"),
        ("", "Asia/Tokyo", "03 01:00-02:00"),
        ("X-WR-TIMEZONE:America/New_York", BERLIN, "03 15:00-16:00"),
        ("X-WR-TIMEZONE:Pacific Standard Time", BERLIN, "03 18:00-19:00"),
        ("X-WR-TIMEZONE:Nowhere", BERLIN, "03 09:00-10:00"),
        ("X-WR-TIMEZONE:", BERLIN, "03 09:00-10:00"),
    ],
)
def test_floating_times(own: str, home: str, expected: str) -> None:
    content = calendar(*([own] if own else []), at_ten())
    assert busy(content, person=Person(zone=home)) == [expected]


def test_times_with_a_zone_are_left_alone_by_the_calendars_own() -> None:
    own = "X-WR-TIMEZONE:America/New_York"
    utc = event("DTSTART:20261204T100000Z", "DTEND:20261204T110000Z", uid="utc")
    assert busy(calendar(own, at_ten(BERLIN), utc)) == ["03 09:00-10:00", "04 10:00-11:00"]


def test_a_series_in_utc_repeats_by_the_clock_of_the_calendar_that_names_its_zone() -> None:
    series = event("DTSTART:20260706T080000Z", "DTEND:20260706T090000Z", "RRULE:FREQ=MONTHLY;BYDAY=1MO")
    assert busy(calendar("X-WR-TIMEZONE:Europe/Berlin", series)) == ["07 09:00-10:00"]
    assert busy(calendar(series)) == ["07 08:00-09:00"]


def test_all_day_events_are_the_hosts_days_whatever_the_calendar_names() -> None:
    day = event("DTSTART;VALUE=DATE:20261203")
    assert busy(calendar("X-WR-TIMEZONE:Asia/Tokyo", day)) == ["02 23:00-03 23:00"]


def test_the_feeds_own_zone_is_told() -> None:
    assert read(calendar("X-WR-TIMEZONE:W. Europe Standard Time")).zone == "Europe/Berlin"
    assert read(calendar(define(FIVE_EAST, "Office"))).zone == ""
    assert read(calendar(define(INVALID, "Tokyo Standard Time"))).zone == "Asia/Tokyo"
    assert read(calendar(define(FIVE_EAST, "Asia/Tokyo"), define(FIVE_EAST, "Europe/Paris"))).zone == ""


def test_two_calendars_in_one_file_have_each_their_own_zone() -> None:
    tokyo = calendar("X-WR-TIMEZONE:Asia/Tokyo", at_ten())
    york = calendar("X-WR-TIMEZONE:America/New_York", at_ten())
    assert busy(tokyo + york) == ["03 01:00-02:00", "03 15:00-16:00"]


@pytest.mark.parametrize("rule", ["", "RRULE:FREQ=DAILY"])
def test_a_meeting_in_the_hour_that_the_clock_skips_does_not_end_before_it_begins(rule: str) -> None:
    day = "20260329" if not rule else "20260328"
    lines = (f"DTSTART;TZID={BERLIN}:{day}T024500", f"DTEND;TZID={BERLIN}:{day}T030000", *filter(None, [rule]))
    found = busy(calendar(event(*lines)), window(2026, 3, 29, days=1), HOST)
    assert found == ["03-29 01:45-02:00"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("20260329T023000", ["03-29 01:30-02:00"]),  # in the gap: by the offset from before it
        ("20261025T023000", ["10-25 00:30-01:00"]),  # twice there: the first
    ],
)
def test_times_at_the_change_of_daylight_saving(start: str, expected: list[str]) -> None:
    content = calendar(event(f"DTSTART;TZID={BERLIN}:{start}", "DURATION:PT30M"))
    assert busy(content, window(2026, 1, 1, days=365), HOST) == expected
