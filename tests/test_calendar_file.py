"""Calendar files: what a second reader reads in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hubsync.mail.calendar_file import CalendarEvent, Method, write_calendar_file
from tests.kit.calendar_files import read_event


def event(starts_at: datetime, zone: str, **different: object) -> CalendarEvent:
    there = ZoneInfo(zone)
    usual: dict[str, object] = {
        "uid": "5b1d",
        "sequence": 3,
        "starts_at": starts_at.astimezone(there),
        "ends_at": (starts_at + timedelta(minutes=30)).astimezone(there),
        "stamp": datetime(2027, 1, 1, 12, tzinfo=UTC),
        "summary": "Intro call, with Mika; 30 min",
        "description": "One\nTwo",
        "organizer": ("no-reply@sync.example", 'Mika "M" Söderström; Sales: East'),
        "attendees": (("jun@guest.example", ""),),
    }
    return CalendarEvent(**{**usual, **different})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
)
@pytest.mark.parametrize(
    "starts_at",
    [
        datetime(2027, 1, 15, 23, 30, tzinfo=UTC),
        datetime(2027, 7, 15, 12, 0, tzinfo=UTC),
        datetime(2027, 3, 14, 6, 45, tzinfo=UTC),  # the minutes before the clocks of New York go forward
        datetime(2027, 11, 7, 6, 15, tzinfo=UTC),  # the second turn of the hour that they repeat
    ],
)
def test_the_instants_are_those_of_the_appointment_in_the_readers_zone(zone: str, starts_at: datetime) -> None:
    read = read_event(write_calendar_file(event(starts_at, zone)).text)
    assert (read.starts_at, read.ends_at) == (starts_at, starts_at + timedelta(minutes=30))
    second_turn = (zone, starts_at.month) == ("America/New_York", 11)
    assert read.zone == ("UTC" if second_turn else zone)  # no time of a zone can name it


def test_everything_is_read_as_it_was_written() -> None:
    noon = datetime(2027, 7, 15, 12, 0, tzinfo=UTC)
    read = read_event(write_calendar_file(event(noon, "Europe/Paris", location="Room 5, 2nd")).text)
    names = ("UID", "SEQUENCE", "SUMMARY", "DESCRIPTION", "LOCATION", "STATUS")
    told = {name: read.lines[name].value for name in names}
    assert told == {
        "UID": "5b1d",
        "SEQUENCE": "3",
        "SUMMARY": "Intro call, with Mika; 30 min",
        "DESCRIPTION": "One\nTwo",
        "LOCATION": "Room 5, 2nd",
        "STATUS": "CONFIRMED",
    }
    assert (read.method, read.lines["DTSTAMP"].value) == ("REQUEST", "20270101T120000Z")
    organizer = read.lines["ORGANIZER"]
    assert organizer.value == "mailto:no-reply@sync.example"
    assert organizer.parameters == {"CN": "Mika ^'M^' Söderström; Sales: East", "SCHEDULE-AGENT": "CLIENT"}
    (attendee,) = read.attendees
    assert attendee.value == "mailto:jun@guest.example"
    asked = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE", "SCHEDULE-AGENT": "CLIENT"}
    assert attendee.parameters == asked


def test_what_is_cancelled_says_so() -> None:
    read = read_event(write_calendar_file(event(datetime(2027, 7, 15, tzinfo=UTC), "UTC"), Method.CANCEL).text)
    assert (read.method, read.lines["STATUS"].value) == ("CANCEL", "CANCELLED")


def test_the_rules_of_a_zone_are_short() -> None:
    assert len(write_calendar_file(event(datetime(2027, 7, 15, tzinfo=UTC), "Europe/Paris")).text) < 2000


def test_appointments_of_other_years_have_the_rules_of_theirs() -> None:
    for year in (2027, 2031, 2027):
        file = write_calendar_file(event(datetime(year, 7, 15, tzinfo=UTC), "Europe/Paris"))
        assert f"DTSTART:{year - 1}0101T000000" in file.text
