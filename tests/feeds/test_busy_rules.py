"""What counts as busy: one event, and the busy times that a person reads in it."""

from __future__ import annotations

import pytest

from hubsync.feeds.reading import Person
from tests.feeds.calendars import busy, calendar, event, meeting

NINE = ["03 09:00-10:00"]
INVITED = "ATTENDEE;CN=Ren;PARTSTAT={}:mailto:Ren@Acme.example"
OTHER = "ATTENDEE;PARTSTAT=DECLINED:mailto:guest@other.example"


def test_a_meeting_is_busy() -> None:
    assert busy(calendar(meeting("20261203"))) == NINE


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "status:cancelled",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
        INVITED.format("DECLINED"),
        'ATTENDEE;CN="Host; a, b";PARTSTAT=DECLINED:MAILTO:host@acme.example',
        "ATTENDEE;EMAIL=host@acme.example;PARTSTAT=DECLINED:urn:uuid:5",
    ],
)
def test_what_leaves_its_owner_free(line: str) -> None:
    assert busy(calendar(meeting("20261203", line))) == []


@pytest.mark.parametrize(
    "line",
    [
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "STATUS:CONFIRMED",
        "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
        "X-MICROSOFT-CDO-INTENDEDSTATUS:FREE",
        INVITED.format("NEEDS-ACTION"),
        INVITED.format("TENTATIVE"),
        INVITED.format("ACCEPTED"),
        OTHER,
        f"{INVITED.format('DECLINED')}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:host@acme.example",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:xhost@acme.example",
    ],
)
def test_what_makes_its_owner_busy(line: str) -> None:
    assert busy(calendar(meeting("20261203", line))) == NINE


def test_outlook_may_contradict_the_standard_and_either_word_frees() -> None:
    lines = ("TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:FREE")
    assert busy(calendar(meeting("20261203", *lines))) == []


def test_who_declined_is_nobodys_business_without_the_owners_addresses() -> None:
    content = calendar(meeting("20261203", INVITED.format("DECLINED")))
    assert busy(content, person=Person(frozenset(), "Europe/Berlin")) == NINE


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (("DTSTART:20261203T090000Z", "DTEND:20261203T090000Z"), []),
        (("DTSTART:20261203T090000Z", "DTEND:20261203T080000Z"), []),
        (("DTSTART:20261203T090000Z", "DURATION:-PT1H"), []),
        (("DTSTART:20261203T090000Z",), []),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261203"), []),
        (("DTSTART:20261203T090000Z", "DURATION:PT1H30M"), ["03 09:00-10:30"]),
        (("DTSTART:20261203T090000Z", "DURATION:P1DT1H"), ["03 09:00-04 10:00"]),
        (("DTSTART:20261203T090000Z", "DURATION:P1W"), ["03 09:00-10 09:00"]),
        (("DTSTART;VALUE=DATE:20261203",), ["02 23:00-03 23:00"]),
        (("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261205"), ["02 23:00-04 23:00"]),
        (("DTSTART;VALUE=DATE:20261203", "DURATION:P2D"), ["02 23:00-04 23:00"]),
        (("DTSTART:20261203", "DTEND:20261204"), ["02 23:00-03 23:00"]),  # a date that does not say that it is one
        (("DTSTART;VALUE=DATE:20261203", "DTEND:20261203T120000"), ["02 23:00-03 23:00"]),
        (("DTSTART;TZID=Europe/Berlin:20261203T100000", "DTEND:20261203T110000"), ["03 09:00-10:00"]),
        (("DTSTART;TZID=America/New_York:20261203T100000", "DTEND:20261203T160000Z"), ["03 15:00-16:00"]),
        (("DTSTART;TZID=America/New_York:20261203T100000", "DTEND:20261203T110000"), ["03 15:00-16:00"]),
        (("DTSTART;TZID=America/New_York:20261203T100000", "DTEND;VALUE=DATE:20261204"), ["03 15:00-04 05:00"]),
        # a flight: it lands by another clock than it starts by
        (
            ("DTSTART;TZID=Europe/Berlin:20261203T100000", "DTEND;TZID=America/New_York:20261203T130000"),
            ["03 09:00-18:00"],
        ),
    ],
)
def test_beginning_and_end(times: tuple[str, ...], expected: list[str]) -> None:
    assert busy(calendar(event(*times))) == expected


def test_an_all_day_event_is_from_midnight_to_midnight_where_the_host_is() -> None:
    content = calendar(event("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204"))
    assert busy(content, person=Person(zone="Asia/Tokyo")) == ["02 15:00-03 15:00"]
    assert busy(content, person=Person(zone="America/New_York")) == ["03 05:00-04 05:00"]


def test_all_day_events_of_google_are_free_unless_they_say_otherwise() -> None:
    day = ("DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261204")
    assert busy(calendar(event(*day, "TRANSP:TRANSPARENT"))) == []
    assert busy(calendar(event(*day, "TRANSP:OPAQUE"))) == ["02 23:00-03 23:00"]


def test_a_day_with_a_free_all_day_event_is_not_busy_as_a_whole() -> None:
    # https://github.com/calcom/cal.diy/issues/21530: Proton
    whole_day = event("DTSTART;VALUE=DATE:20261203", "TRANSP:TRANSPARENT", "STATUS:CONFIRMED", uid="day")
    assert busy(calendar(whole_day, meeting("20261203"))) == NINE


def test_an_event_of_today_that_has_begun_counts() -> None:
    content = calendar(event("DTSTART:20261130T230000Z", "DTEND:20261201T003000Z"))
    assert busy(content) == ["11-30 23:00-01 00:30"]


def test_what_only_touches_the_window_is_outside() -> None:
    before = event("DTSTART:20261130T230000Z", "DTEND:20261201T000000Z", uid="before")
    after = event("DTSTART:20270101T000000Z", "DTEND:20270101T010000Z", uid="after")
    assert busy(calendar(before, after)) == []


def test_several_events_of_one_uid_each_count() -> None:
    assert busy(calendar(meeting("20261203"), meeting("20261204"))) == ["03 09:00-10:00", "04 09:00-10:00"]


def test_events_without_a_uid_each_count() -> None:
    bare = [meeting(day).replace("UID:a@calendar.example\r\n", "") for day in ("20261203", "20261204")]
    assert busy(calendar(*bare)) == ["03 09:00-10:00", "04 09:00-10:00"]


def test_two_events_at_one_time_are_one_busy_time() -> None:
    assert busy(calendar(meeting("20261203", uid="a"), meeting("20261203", uid="b"))) == NINE


def free_busy(*lines: str) -> bytes:
    return calendar(
        "BEGIN:VFREEBUSY", "DTSTART:20261201T000000Z", "DTEND:20270101T000000Z", *lines, "END:VFREEBUSY"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FREEBUSY:20261203T090000Z/20261203T100000Z", NINE),
        ("FREEBUSY;FBTYPE=BUSY:20261203T090000Z/PT1H", NINE),
        ("FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261203T090000Z/PT1H", NINE),
        ("FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261203T090000Z/PT1H", NINE),
        ("FREEBUSY;FBTYPE=X-SOMETHING:20261203T090000Z/PT1H", NINE),
        ("FREEBUSY;FBTYPE=FREE:20261203T090000Z/PT1H", []),
        ('FREEBUSY;FBTYPE="FREE":20261203T090000Z/PT1H', []),
        ("FREEBUSY:20261203T090000Z/PT1H,20261204T090000Z/PT2H", [*NINE, "04 09:00-11:00"]),
        ("FREEBUSY:20261203T100000Z/20261203T090000Z", []),
        ("COMMENT:nothing", []),
    ],
)
def test_free_busy_lists_of_outlook(line: str, expected: list[str]) -> None:
    assert busy(free_busy(line)) == expected


def test_other_components_make_nobody_busy() -> None:
    task = "BEGIN:VTODO\r\nUID:t\r\nDTSTART:20261203T090000Z\r\nDUE:20261203T100000Z\r\nEND:VTODO"
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nDURATION:PT5M\r\nREPEAT:2\r\nACTION:AUDIO\r\nEND:VALARM"
    assert busy(calendar(task, meeting("20261203", alarm))) == NINE
    assert busy(calendar(event("DTSTART:20261203T090000Z", alarm))) == []  # the duration is the alarm's
