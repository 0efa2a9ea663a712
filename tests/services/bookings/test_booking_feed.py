"""What the feed of one's own bookings has, by our own reader and by one that shares nothing with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from dateutil import parser
from flask import Flask
from sqlalchemy import update

from hubsync.domain.busy_times import Window
from hubsync.domain.roles import Role
from hubsync.errors import NotFound
from hubsync.feeds.content import read_content
from hubsync.feeds.reading import Person as Reader
from hubsync.services.availability.free_times import load_offers
from hubsync.services.bookings import booking_feed
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.guest_changes import cancel
from hubsync.services.teams.members import remove_member
from hubsync.store import db, end_read, write_transaction
from hubsync.store.booking_feeds import BookingFeed
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.teams import Membership
from tests.kit import rows
from tests.kit.free_times import DAY, NOW, PageTeam, at, change_rules, make_page_team
from tests.services.bookings.guest import moves, slug_of

WINDOW = Window(NOW - timedelta(days=60), NOW + timedelta(days=60))


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield make_page_team()


def make_token(person_id: int) -> str:
    address = booking_feed.open_address(person_id, booking_feed.make_address(person_id))
    end_read()
    return address.removeprefix("http://localhost:8000/feeds/").removesuffix(".ics")


def read_events(content: bytes) -> list[dict[str, str]]:
    """The events, each with its values by name; no library takes part."""
    lines: list[str] = []
    for physical in content.decode().split("\r\n"):
        assert len(physical.encode()) <= 75, "a line has at most 75 octets"
        if physical.startswith(" "):
            lines[-1] += physical[1:]
        elif physical:
            lines.append(physical)
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and "END" not in events[-1]:
            assert events[-1].setdefault(name.partition(";")[0], value) == value, f"{name} twice"
    return events


def offered(team: PageTeam, calendar_id: int = 0) -> list[datetime]:
    """The free times of the day, on the team's calendar or another one."""
    calendar = db.session.get_one(Calendar, calendar_id or team.calendar_id, populate_existing=True)
    (day,) = load_offers(db.session(), calendar, DAY.date(), DAY.date()).between(DAY.date(), DAY.date())
    end_read()
    return [each.start for each in day.offered]


def times(content: bytes) -> list[tuple[datetime, datetime]]:
    """Start and end of all events, on which both readers agree."""
    read = [(parser.parse(each["DTSTART"]), parser.parse(each["DTEND"])) for each in read_events(content)]
    found = read_content([content], WINDOW, Reader(zone="Asia/Tokyo"))
    assert found.unread == []
    assert [(each.start, each.end) for each in found.busy] == read
    return read


def test_an_appointment_is_there_with_the_guests_name_and_the_way_to_its_delivery(team: PageTeam) -> None:
    booking = team.book(at(10))
    content = booking_feed.read_feed(make_token(team.owner_id))
    assert times(content) == [(at(10), at(10, 30))]
    (event,) = read_events(content)
    assert event["DTSTART"] == "20261203T010000Z"
    assert event["SUMMARY"] == "Intro call: Jun Mori"
    assert event["URL"] == "http://localhost:8000/teams/acme/deliveries/1"
    assert event["SEQUENCE"] == "0"
    assert parser.parse(event["DTSTAMP"]) == booking.created_at.replace(microsecond=0)
    assert b"jun@guest.example" not in content


def test_a_host_of_a_colleagues_calendar_has_the_appointment_without_a_link_that_would_be_refused(
    team: PageTeam,
) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(ken)
    team.book(at(10))
    token = make_token(ken)
    (event,) = read_events(booking_feed.read_feed(token))
    assert (event["SUMMARY"], event.get("URL")) == ("Intro call: Jun Mori", None)
    with write_transaction() as session:
        session.execute(update(Membership).where(Membership.person_id == ken).values(role=Role.ADMINISTRATOR))
    (event,) = read_events(booking_feed.read_feed(token))
    assert event["URL"] == "http://localhost:8000/teams/acme/deliveries/1"


def test_a_name_that_is_long_and_has_signs_of_the_format_stays_one_value(team: PageTeam) -> None:
    booking = team.book(at(10))
    name = "Jun; Mori, \\n 株式会社" + "社" * 60 + "\r\nURL:https://elsewhere.example"
    with write_transaction() as session:
        session.get_one(BookingRecord, booking.id).guest_name = name
    (event,) = read_events(booking_feed.read_feed(make_token(team.owner_id)))
    assert event["URL"].startswith("http://localhost:8000/")
    assert "\\; Mori\\," in event["SUMMARY"]


def test_a_move_keeps_the_id_and_is_a_later_version_of_it(team: PageTeam) -> None:
    booking, token = team.book(at(10)), make_token(team.owner_id)
    (before,) = read_events(booking_feed.read_feed(token))
    with time_machine.travel(NOW + timedelta(minutes=5), tick=True):
        moves(team, booking, at(11))()
        content = booking_feed.read_feed(token)
    (after,) = read_events(content)
    assert times(content) == [(at(11), at(11, 30))]
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")
    assert after["DTSTAMP"] > before["DTSTAMP"]


def test_a_cancelled_appointment_is_left_out(team: PageTeam) -> None:
    booking, token = team.book(at(10)), make_token(team.owner_id)
    cancel(slug_of(team), booking.id, "")
    assert times(booking_feed.read_feed(token)) == []


def test_what_is_no_appointment_of_ones_own_is_left_out(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")

    def add(days: float, **columns: Any) -> None:
        usual = {"host_id": team.owner_id, "starts_at": NOW + timedelta(days=days)}
        rows.add_booking(session, team.team_id, team.calendar_id, **usual | columns)

    with write_transaction() as session:
        add(-29)
        add(-31)
        add(1, host_id=ken)
        add(2, host_id=None)
        add(3, source="signed_json")
        add(5)
    found = times(booking_feed.read_feed(make_token(team.owner_id)))
    assert [each for each, _end in found] == [NOW - timedelta(days=29), NOW + timedelta(days=5)]


def test_whoever_left_the_team_reads_nothing_of_it(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    with write_transaction() as session:
        columns = {"host_id": ken, "starts_at": NOW + timedelta(days=1)}
        rows.add_booking(session, team.team_id, team.calendar_id, **columns)
    token = make_token(ken)
    assert len(times(booking_feed.read_feed(token))) == 1
    remove_member(team.team_id, ken, by=team.owner_id)
    assert times(booking_feed.read_feed(token)) == []


def test_the_same_bookings_are_the_same_bytes(team: PageTeam) -> None:
    team.book(at(10))
    token = make_token(team.owner_id)
    first = booking_feed.read_feed(token)
    with time_machine.travel(NOW + timedelta(hours=1), tick=True):
        assert booking_feed.read_feed(token) == first


def test_another_address_stops_the_one_before_and_the_database_has_neither(team: PageTeam) -> None:
    first = make_token(team.owner_id)
    second = make_token(team.owner_id)
    with pytest.raises(NotFound):
        booking_feed.read_feed(first)
    assert booking_feed.read_feed(second).startswith(b"BEGIN:VCALENDAR")
    assert second not in db.session.query(BookingFeed.token_hash).one()
    booking_feed.switch_off(team.owner_id)
    with pytest.raises(NotFound):
        booking_feed.read_feed(second)


def test_only_the_newest_address_is_shown_and_to_its_person_alone(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    first = booking_feed.make_address(team.owner_id)
    second = booking_feed.make_address(team.owner_id)
    booking_feed.make_address(ken)
    assert booking_feed.open_address(team.owner_id, first) == ""
    assert booking_feed.open_address(ken, second) == ""
    assert booking_feed.open_address(team.owner_id, second) != ""


def test_a_feed_that_is_a_busy_calendar_too_takes_no_time_that_its_booking_does_not_take(team: PageTeam) -> None:
    """The booking and the busy time of it are at one time, and so are what is kept free around them."""
    change_rules(team.calendar_id, buffer_before=10, buffer_after=15)
    team.book(at(10))
    another = team.add_calendar()
    before = offered(team), offered(team, another)
    ((start, end),) = times(booking_feed.read_feed(make_token(team.owner_id)))
    team.busy(team.owner_id, start, end)
    assert (offered(team), offered(team, another)) == before


def test_a_mail_and_the_feed_tell_calendars_of_the_same_event(team: PageTeam) -> None:
    booking, token = team.book(at(10)), make_token(team.owner_id)
    moves(team, booking, at(11))()
    (event,) = read_events(booking_feed.read_feed(token))
    news = AppointmentNews.of(db.session(), db.session.get_one(BookingRecord, booking.id), "Mika Sato")
    end_read()
    assert (event["UID"], event["SEQUENCE"]) == (news.uid, str(news.sequence))
