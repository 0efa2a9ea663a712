"""`flask privacy erase` says what goes, asks, and does it."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.calendars.calendars import CalendarInput, make_calendar
from hubsync.services.teams.members import create_team
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.people import Person
from tests.kit import rows


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
    assert "Erased: 1." in answer.output
    with app.app_context():
        assert db.session.query(BookingRecord).count() == 0


def test_what_is_being_posted_is_left_and_said(app: Flask) -> None:
    keep_a_booking(app, "sending")
    answer = app.test_cli_runner().invoke(args=["privacy", "erase", "mika@acme.example", "--yes"])
    assert answer.exit_code == 1
    assert "Left, because they are being posted at this moment: 1." in answer.output


def test_the_address_may_be_written_as_people_write_it(app: Flask) -> None:
    keep_a_booking(app)
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["privacy", "erase", "--yes", "Mika Sato <MIKA＠acme.example>"])
    assert answer.output.startswith("Erased: 1.")


@pytest.mark.parametrize("words", [["-"], []], ids=["dash", "nothing"])
def test_the_address_may_come_from_standard_input_which_no_shell_remembers(app: Flask, words: list[str]) -> None:
    keep_a_booking(app)
    answer = app.test_cli_runner().invoke(args=["privacy", "erase", *words], input="mika@acme.example\ny\n")
    assert "Erased: 1." in answer.output
    asked = app.test_cli_runner().invoke(args=["privacy", "erase", *words, "--yes"], input="")
    assert asked.exit_code == 1, "nobody said whom"
