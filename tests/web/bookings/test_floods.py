"""Many forms at once: people are let in, machines wait, and a flood costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event
from werkzeug.test import TestResponse

from hubsync.config.table import Settings
from hubsync.store import db
from tests.kit.browser import Browser
from tests.kit.free_times import NOW
from tests.kit.guest import ADDRESS, Guest, guest, token_of
from tests.kit.page import read_page
from tests.kit.settings import OWNER, change_settings
from tests.kit.tab import Tab

__all__ = ["guest"]

OFFICE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
MOST = 4
"""So many forms are let in from one address here; what is usual is tested beside the service."""


@pytest.fixture
def clock(guest: Guest) -> Iterator[time_machine.Traveller]:
    change_settings(guest.app, forms_per_address=MOST)
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def send_from(guest: Guest, address: str, form: dict[str, Any]) -> TestResponse:
    return guest.browser.send(ADDRESS, form, environ_base={"REMOTE_ADDR": address})


def flood(guest: Guest, number: int = MOST) -> TestResponse:
    """What the last of so many forms without a token from one address is answered."""
    return [send_from(guest, OFFICE, {"form_token": "", "homepage": "x"}) for _ in range(number)][-1]


def test_whoever_has_to_wait_keeps_everything_and_is_let_in_with_the_same_press_later(
    guest: Guest, clock: time_machine.Traveller
) -> None:
    form = guest.filled(guest.token("?utm_source=news"), Comment='line one\nline "two"', Name="Mika <Sato>")
    flood(guest)
    clock.shift(120)
    answer = send_from(guest, OFFICE, form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "480")
    page = read_page(answer)
    assert "Nothing is booked" in page.words
    assert "in about 8 minutes" in page.words
    assert {each["name"]: each["value"] for each in page.select("form input")} == form
    assert guest.bookings() == []
    clock.shift(481)
    assert send_from(guest, OFFICE, form).status_code == 303
    (booking,) = guest.bookings()
    assert (booking.guest_name, booking.url_params) == ("Mika <Sato>", {"utm_source": "news"})


@pytest.mark.usefixtures("clock")
def test_whoever_has_to_wait_reads_it_in_the_language_of_the_form(guest: Guest) -> None:
    shown = guest.open("?lang=ja").select_one("input[name=lang]")
    assert shown is not None
    form = guest.filled(lang=shown["value"])
    flood(guest)
    assert "予約" in read_page(send_from(guest, OFFICE, form)).words
    assert "予約" not in read_page(send_from(guest, OFFICE, form | {"lang": "xx"})).words


def test_a_flood_is_decided_before_the_page_is_read_and_writes_nothing(
    guest: Guest, clock: time_machine.Traveller
) -> None:
    flood(guest)
    asked: list[str] = []
    with guest.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    assert flood(guest, 1).status_code == 429
    *begun, framed, counted = asked
    assert all(each.startswith("BEGIN DEFERRED") for each in begun), "nothing is to be written"
    assert ("parent_sites" in framed, "counted_acts" in counted) == (True, True)


def test_under_a_flood_others_book_and_the_host_works(guest: Guest, clock: time_machine.Traveller) -> None:
    form = guest.filled(guest.token())
    assert flood(guest, 3 * MOST).status_code == 429
    assert send_from(guest, ELSEWHERE, form).status_code == 303
    host = Tab(Browser(guest.app).sign_in(OWNER)).open(f"/teams/acme/calendars/{guest.calendar_id}")
    assert "Mika Sato" in host.text
    assert guest.browser.open(ADDRESS, environ_base={"REMOTE_ADDR": OFFICE}).select_one("#days")


def test_what_is_booked_can_be_cancelled_from_an_address_that_floods(
    guest: Guest, clock: time_machine.Traveller
) -> None:
    booked = guest.send()
    guest.browser.client.environ_base["REMOTE_ADDR"] = OFFICE
    assert flood(guest, MOST + 1).status_code == 429
    tab = guest.tab.open(booked.location)
    assert "is cancelled" in tab.follow("Cancel").press("Cancel the booking").text


def test_a_household_of_ipv6_is_one_address_and_its_neighbour_another(
    guest: Guest, clock: time_machine.Traveller
) -> None:
    form = guest.filled(guest.token())
    for number in range(MOST):
        send_from(guest, f"2001:db8:1:2::{number:x}", {"form_token": ""})
    assert send_from(guest, "2001:db8:1:2:ffff::9", form).status_code == 429
    assert send_from(guest, "2001:db8:1:3::1", form).status_code == 303


def test_a_page_that_is_flooded_from_everywhere_lets_others_in_a_minute_later_and_other_pages_at_once(
    guest: Guest, clock: time_machine.Traveller
) -> None:
    change_settings(guest.app, forms_per_page=3)
    form = guest.filled(guest.token())
    for number in range(3):
        send_from(guest, f"198.51.100.{number}", {"form_token": ""})
    answer = send_from(guest, ELSEWHERE, form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert guest.post({"form_token": ""}, "/book/another").status_code == 404, "it is asked for, and is not there"
    clock.shift(timedelta(seconds=61))
    assert send_from(guest, ELSEWHERE, form).status_code == 303


def test_choosing_a_time_with_answers_typed_is_never_counted(guest: Guest, clock: time_machine.Traveller) -> None:
    form = guest.filled(guest.token())
    flood(guest)
    assert send_from(guest, OFFICE, {**form, "see": "2026-12-04"}).status_code == 200
    assert send_from(guest, OFFICE, {**form, "pick": form["start"]}).status_code == 200


def test_a_form_filled_in_within_three_seconds_comes_back_whole_and_is_taken_by_the_next_press(
    guest: Guest, clock: time_machine.Traveller
) -> None:
    change_settings(guest.app, form_least_seconds=Settings().form_least_seconds)
    form = guest.filled(guest.token(), Comment="filled in by the browser")
    clock.shift(2.9)
    answer = guest.post(form)
    assert (answer.status_code, guest.bookings()) == (422, [])
    page = read_page(answer)
    assert "that was quick. Please press Complete Booking once more" in page.select_one("[role=alert]").words
    assert page.select_one(f"[name='{guest.names['Comment']}']").get_text() == "filled in by the browser"
    clock.shift(0.2)
    again = form | {"form_token": token_of(page)}
    assert guest.post(again).status_code == 303, "the time counts from when the form was shown first"
    assert len(guest.bookings()) == 1


def test_a_clock_that_is_set_back_calls_nobody_quick(guest: Guest, clock: time_machine.Traveller) -> None:
    change_settings(guest.app, form_least_seconds=Settings().form_least_seconds)
    token = guest.token()
    clock.shift(timedelta(minutes=-1))
    answer = guest.send(token)
    assert "open for too long" in answer.text
    assert guest.send(token_of(read_page(answer))).status_code == 303
