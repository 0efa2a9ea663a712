"""`flask privacy erase` says what goes, asks, and does it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from hubsync.services import now
from hubsync.services.bookings import guest_erasures
from hubsync.services.calendars.calendars import CalendarInput, make_calendar
from hubsync.services.teams.members import create_team
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from tests.kit import rows
from tests.kit.acme import acme

__all__ = ["acme"]


def keep_a_booking(app: Flask, state: str = "posted") -> None:
    with app.app_context():
        team = create_team("Acme", "owner@acme.example", "premium")
        calendar = make_calendar(team.id, db.session.query(Person.id).scalar(), CalendarInput("Intro", 30, "UTC"))
        with write_transaction() as session:
            booking = rows.add_booking(session, team.id, calendar.id, created_at=now())
            rows.add_delivery(session, booking, state, search_email=booking.guest_email)


def test_an_address_that_is_not_known(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["privacy", "erase", "nobody@acme.example"])
    assert (answer.exit_code, answer.output) == (0, "Nothing is kept of this address.\n")


def test_it_asks_before_it_erases(app: Flask) -> None:
    keep_a_booking(app)
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["privacy", "erase", "Mika@acme.example"], input="n\n")
    assert answer.exit_code == 1
    assert "Bookings of this address: 1. Erase them?" in answer.output
    answer = runner.invoke(args=["privacy", "erase", "Mika@acme.example", "--yes"])
    assert answer.exit_code == 0
    assert "Team acme: receipt 1; bookings erased: 1; HubSpot was not asked" in answer.output
    with app.app_context():
        assert db.session.query(BookingRecord).count() == 0


def test_what_is_being_posted_is_left_and_said(app: Flask) -> None:
    keep_a_booking(app, "sending")
    answer = app.test_cli_runner().invoke(args=["privacy", "erase", "mika@acme.example", "--yes"])
    assert answer.exit_code == 1
    assert "a booking is being posted at this moment and was left; HubSync goes on by itself" in answer.output
    with app.app_context():
        with write_transaction() as session:
            session.execute(update(Delivery).values(state="posted"))
        assert guest_erasures.carry_on_all(lambda: False) == 1
        assert db.session.query(BookingRecord).count() == 0


def test_the_address_may_be_written_as_people_write_it(app: Flask) -> None:
    keep_a_booking(app)
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["privacy", "erase", "--yes", "Mika Sato <MIKA＠acme.example>"])
    assert "bookings erased: 1;" in answer.output


@pytest.mark.parametrize("words", [["-"], []], ids=["dash", "nothing"])
def test_the_address_may_come_from_standard_input_which_no_shell_remembers(app: Flask, words: list[str]) -> None:
    keep_a_booking(app)
    answer = app.test_cli_runner().invoke(args=["privacy", "erase", *words], input="mika@acme.example\ny\n")
    assert "bookings erased: 1;" in answer.output
    asked = app.test_cli_runner().invoke(args=["privacy", "erase", *words, "--yes"], input="")
    assert asked.exit_code == 1, "nobody said whom"


@pytest.mark.parametrize("wish", ["archive", "delete"])
def test_the_contact_in_hubspot_goes_too_where_it_is_asked_for(acme: Any, wish: str) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    end_read()
    command = ["privacy", "erase", "mika@acme.co.jp", "--yes", "--hubspot", wish]
    answer = acme.app.test_cli_runner().invoke(args=command)
    assert (answer.exit_code, "the contact in HubSpot is gone" in answer.output) == (0, True), answer.output
    assert acme.records("contacts") == []


def test_a_team_whose_hubspot_cannot_be_asked_keeps_everything_and_the_command_fails(app: Flask) -> None:
    keep_a_booking(app)
    command = ["privacy", "erase", "mika@acme.example", "--yes", "--hubspot", "delete"]
    answer = app.test_cli_runner().invoke(args=command)
    assert answer.exit_code == 1
    assert "Team acme: HubSpot cannot be asked (not_connected), so nothing was erased there." in answer.output
    with app.app_context():
        assert db.session.query(BookingRecord).count() == 1


def test_what_hubspot_refuses_is_said_and_the_command_fails(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    end_read()
    acme.fault(action="status", status=403, path="gdpr-delete", times=1)
    command = ["privacy", "erase", "mika@acme.co.jp", "--yes", "--hubspot", "delete"]
    answer = acme.app.test_cli_runner().invoke(args=command)
    assert answer.exit_code == 1
    assert "bookings erased: 1; the contact in HubSpot may still be there" in answer.output
