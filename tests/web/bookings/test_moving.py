"""A guest moves a booking: by links alone, with a last look, and never to a time that is taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from sqlalchemy import select

from hubsync.services.availability.saving import pause
from hubsync.services.people.sessions import start_session
from hubsync.services.unwanted.submissions import MOVES_OF_ONE, MOVES_WITHIN
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from tests.kit.broken_tables import accept_writing, refuse_writing
from tests.kit.browser import Browser
from tests.kit.free_times import NOW, at
from tests.kit.guest import Guest, guest
from tests.kit.page import read_page
from tests.kit.tab import Tab
from tests.web.bookings.test_free_times import MORNINGS, rules, times

__all__ = ["guest"]

MARKS = {"cancelled", "moved"}


@pytest.fixture
def booked(guest: Guest) -> Iterator[Tab]:
    """A guest on Monday who has booked Thursday at nine, with the confirmation open."""
    with time_machine.travel(NOW, tick=False):
        rules(guest, hours=MORNINGS, step_minutes=30, notice_minutes=240)
        yield confirmed(guest)


def confirmed(guest: Guest, time: str = "09:00") -> Tab:
    guest.opened_for = at(9).replace(day=4).isoformat()
    return guest.tab.open(guest.send(date="2026-12-03", time=time).location)


def starts(guest: Guest) -> list[Any]:
    return [each.starts_at for each in guest.bookings()]


def test_a_booking_is_moved_by_links_alone(guest: Guest, booked: Tab) -> None:
    assert "You can change this until Thursday, December 3, 2026, 5:00 AM" in booked.text
    booked.follow("Move")
    assert "Now: Thursday, December 3, 2026, 9:00 AM to 9:30 AM" in booked.text
    assert not booked.page.select(".free-times input[name=seen], .time-list button"), "everything is a link"
    assert [each.words for each in booked.page.select("#day-name")] == ["Thursday, December 3, 2026"]
    booked.follow("December 4,")
    assert times(booked.page) == ["9:00\u202fAM", "9:30\u202fAM"]
    booked.follow("9:30 AM")
    assert "Friday, December 4, 2026, 9:30 AM to 10:00 AM" in booked.text
    assert starts(guest) == [at(9)], "nothing is moved before the press"
    booked.press("Move the booking", reason="A train is late")
    assert "Your booking has its new time" in booked.text
    assert "Before: Thursday, December 3, 2026, 9:00" in booked.text
    assert starts(guest) == [at(9, 30).replace(day=4)]
    assert guest.open_times("?see=2026-12-03&time_zone=Asia/Tokyo").select(".btn-time time")[0].words == "9:00 AM"


def test_the_page_is_in_the_zone_of_the_booking_unless_another_one_is_chosen(guest: Guest, booked: Tab) -> None:
    booked.follow("Move")
    assert not booked.page.select("[data-guess]")
    booked.open(booked.url + "?time_zone=America/New_York&see=2026-12-03")
    booked.follow("7:00 PM")
    assert "Thursday, December 3, 2026, 7:00 PM" in booked.text
    assert "Wednesday, December 2, 2026, 7:00 PM to 7:30 PM" in booked.text, "what it has now"


def test_another_time_is_chosen_without_losing_the_reason(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 4,").follow("9:30 AM")
    booked.press("Change", reason="A train\nis <late>").press("December 7,").press("9:00 AM")
    area = booked.page.select_one("textarea")
    assert area is not None
    assert area.get_text() == "A train\nis <late>"
    booked.press("Move the booking")
    assert starts(guest) == [at(9).replace(day=7)]


def test_the_same_press_again_says_the_same(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 4,").follow("9:30 AM")
    form = {each["name"]: each["value"] for each in booked.page.select("form input[type=hidden]")}
    answers = [guest.post(form, booked.url) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert starts(guest) == [at(9, 30).replace(day=4)]


def test_a_booking_is_moved_a_few_times_within_some_minutes_and_other_ones_meanwhile(
    guest: Guest, booked: Tab
) -> None:
    other = confirmed(guest, "09:30")
    move = next(each["href"] for each in other.page.select("a") if each.words == "Move")
    for number in range(MOVES_OF_ONE):
        start = at(9, 30 * (number % 2)).replace(day=4)
        other.open(f"{move}?start={quote(start.isoformat())}").press("Move the booking")
    other.open(f"{move}?start={quote(at(9).replace(day=7).isoformat())}")
    other.press("Move the booking", reason="A train is late")
    assert (other.status, "This booking was moved very often" in other.text) == (429, True)
    assert [each["value"] for each in other.page.select("input[name=reason]")] == ["A train is late"]
    booked.follow("Move").follow("December 4,").follow("9:00 AM").press("Move the booking")
    assert starts(guest) == [at(9).replace(day=4), at(9, 30).replace(day=4)]
    with time_machine.travel(NOW + MOVES_WITHIN + timedelta(seconds=1), tick=False):
        other.press("Move the booking")
    assert starts(guest)[1] == at(9).replace(day=7)


def test_the_present_time_is_no_other_one(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 3,").follow("9:00 AM")
    assert "That is the time that your booking has already" in booked.text


def test_whoever_is_too_late_keeps_the_reason_and_is_shown_the_nearest_times(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 3,").follow("9:30 AM")
    guest.send(date="2026-12-03", time="09:30")
    booked.press("Move the booking", reason="typed with care")
    assert booked.status == 409
    assert "typed with care" in booked.text
    offered = [str(each["value"]) for each in booked.page.select("input[name=start]")]
    assert len(offered) == 6
    assert not {at(9).isoformat(), at(9, 30).isoformat()} & set(offered), "neither taken nor the one it has"
    booked.press("Move the booking", start=offered[0])
    assert "Your booking has its new time" in booked.text
    assert starts(guest)[0].isoformat() != at(9).isoformat()


@pytest.mark.parametrize("start", ["", "soon", at(9, 10).isoformat(), at(9).replace(year=2028).isoformat()])
def test_a_time_that_was_never_offered_moves_nothing(guest: Guest, booked: Tab, start: str) -> None:
    address = booked.follow("Move").url
    shown = booked.open(f"{address}?start={quote(start)}")
    assert "That time is not free any more" in shown.text
    form = {"seen": at(9).isoformat(), "start": start, "time_zone": "Asia/Tokyo", "reason": "typed with care"}
    answer = guest.post(form, address)
    assert (answer.status_code, "typed with care" in answer.text) == (409, True)
    assert read_page(answer).select("input[name=start]")
    assert starts(guest) == [at(9)]


def test_whoever_saw_a_former_time_is_shown_the_one_it_has_and_may_go_on(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 4,").follow("9:30 AM")
    other = guest.tab.open(booked.url.partition("?")[0]).follow("December 7,").follow("9:00 AM")
    other.press("Move the booking")
    booked.press("Move the booking")
    assert booked.status == 409
    assert "has another time than when you opened this page" in booked.text
    assert "Now: Monday, December 7, 2026" in booked.text
    booked.press("Move the booking")
    assert starts(guest) == [at(9, 30).replace(day=4)]


def test_it_cannot_be_moved_sooner_than_the_least_notice(guest: Guest, booked: Tab) -> None:
    confirmation = booked.url
    address = booked.follow("Move").url
    for moment, words in ((at(5, 1), "It is too late"), (at(9), "cannot be changed any more")):
        with time_machine.travel(moment, tick=False):
            assert words in booked.open(address).text
            assert booked.status == 409
            assert "Please contact Mika Mori" in booked.text
            form = {"seen": at(9).isoformat(), "start": at(9).replace(day=4).isoformat()}
            assert guest.post(form, address).status_code == 409
            assert not booked.open(confirmation).page.select("a[href*='/move/'], a[href*='/cancel/']")
            assert "It is too late to change it here. Please contact Mika Mori." in booked.text
    assert starts(guest) == [at(9)]


def test_a_page_that_takes_no_bookings_offers_to_cancel_instead(guest: Guest, booked: Tab) -> None:
    confirmation = booked.url
    address = booked.follow("Move").url
    with guest.app.app_context():
        pause(guest.calendar_id)
    assert "takes no bookings at the moment" in booked.open(address).text
    guest.change(archived_at=NOW)
    assert "Its booking page is closed" in booked.open(address).text
    assert booked.status == 409
    assert guest.post({"seen": at(9).isoformat(), "start": at(9, 30).isoformat()}, address).status_code == 409
    assert not booked.open(confirmation).page.select("a[href*='/move/']")
    booked.open(address).follow("Cancel the booking").press("Cancel the booking")
    assert "Your booking is cancelled" in booked.text
    assert not [each for each in booked.page.select("a") if "Book another time" in each.words]


def test_a_database_that_does_not_take_it_keeps_everything(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 4,").follow("9:30 AM")
    form = {each["name"]: each["value"] for each in booked.page.select("form input[type=hidden]")}
    with guest.app.app_context(), write_transaction() as session:
        refuse_writing(session, "booking_history")
    answer = guest.post(form | {"reason": "typed with care"}, booked.url)
    assert (answer.status_code, "typed with care" in answer.text) == (503, True)
    with guest.app.app_context(), write_transaction() as session:
        accept_writing(session, "booking_history")
    assert starts(guest) == [at(9)]


def test_the_team_reads_what_happened_in_one_delivery(guest: Guest, booked: Tab) -> None:
    booked.follow("Move").follow("December 4,").follow("9:30 AM")
    booked.press("Move the booking", reason="A train is late")
    booked.follow("Cancel").press("Cancel the booking", reason="No train at all")
    with guest.app.app_context():
        (delivery,) = db.session.query(Delivery).all()
        address = f"/teams/{delivery.booking.calendar.team.slug}/deliveries/{delivery.id}"
        end_read()
        token = start_owners_session()
    shown = Browser(guest.app, signed_in=token).open(address)
    assert {each.words for each in shown.select(".badge-state")} >= MARKS
    happened = " ".join(each.words for each in shown.select(".happened td"))
    assert "The booking was cancelled. Reason given: No train at all" in happened
    assert "Reason given: A train is late" in happened


def start_owners_session() -> str:
    with write_transaction() as session:
        return start_session(session, session.scalars(select(Person.id)).one())
