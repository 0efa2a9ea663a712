"""Claim of a free time: of all who want the last one, one gets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from flask import Flask

from hubsync.errors import TimeNotOffered
from hubsync.services.availability.saving import pause
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from tests.kit.at_one_instant import at_once
from tests.kit.free_times import NOW, PageTeam, at, change_rules, make_page_team


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield make_page_team()


def kept() -> int:
    found = db.session.query(BookingRecord).count()
    assert db.session.query(Delivery).count() == found
    end_read()
    return found


def test_a_time_that_is_taken_is_refused_and_nothing_of_it_is_kept(team: PageTeam) -> None:
    first = team.book(at(10))
    assert (first.host_id, first.host) == (team.owner_id, "Mika Sato")
    with pytest.raises(TimeNotOffered):
        team.book(at(10), "another")
    assert kept() == 1


def test_the_same_form_again_is_the_same_booking_and_claims_nothing(team: PageTeam) -> None:
    assert team.book(at(10), "form").id == team.book(at(10), "form").id
    assert kept() == 1


def test_of_those_who_are_free_the_one_least_recently_booked_gets_it(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(team.owner_id, ken)
    given = [team.book(at(hour)).host_id for hour in (9, 10, 11)]
    assert given == [team.owner_id, ken, team.owner_id]
    assert team.book(at(9), "second at nine").host_id == ken
    with pytest.raises(TimeNotOffered):
        team.book(at(9), "third at nine")


def test_no_more_bookings_a_day_than_the_calendar_takes(team: PageTeam) -> None:
    change_rules(team.calendar_id, most_a_day=1)
    team.cancel(team.book(at(9)))
    team.book(at(10))
    with pytest.raises(TimeNotOffered):
        team.book(at(15))


def test_a_paused_page_gives_no_time_away(team: PageTeam) -> None:
    pause(team.calendar_id)
    with pytest.raises(TimeNotOffered):
        team.book(at(10))
    assert kept() == 0


def test_a_booking_is_as_long_as_meetings_are_when_it_is_kept(team: PageTeam) -> None:
    """Or its end would reach into the next one, which is offered where meetings have become shorter."""
    page = show_booking_page(team.calendar())
    sent = page.make_booking({}, at(10), "Asia/Tokyo", "form", {})
    change_rules(team.calendar_id, duration_minutes=15, step_minutes=15)
    kept_as = keep_booking(page, sent)
    assert db.session.get_one(BookingRecord, kept_as.id).ends_at == at(10, 15)
    assert team.book(at(10, 15)).host_id == team.owner_id


def test_buffers_hold_where_the_times_come_at_one_instant(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    """Half past ten is too soon after ten, whichever of the two is first."""
    change_rules(team.calendar_id, buffer_after=15)
    came = at_once(app, [partial(team.book, at(10)), partial(team.book, at(10, 30))], TimeNotOffered)
    assert Counter(type(each) for each in came) == {BookingRecord: 1, TimeNotOffered: 1}
    assert kept() == 1


def test_of_eight_guests_two_get_the_last_time_of_two_hosts(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(team.owner_id, ken)
    came = at_once(app, [partial(team.book, at(10), f"guest {number}") for number in range(8)], TimeNotOffered)
    booked = [each for each in came if isinstance(each, BookingRecord)]
    assert {each.host_id for each in booked} == {team.owner_id, ken}
    assert sum(isinstance(each, TimeNotOffered) for each in came) == 6
    assert kept() == 2


def test_two_calendars_of_one_host_do_not_give_one_time_away_twice(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    other = team.add_calendar()
    acts = [partial(team.book, at(10)), partial(team.book, at(10), calendar_id=other)] * 3
    came = at_once(app, acts, TimeNotOffered)
    assert kept() == 1, came
