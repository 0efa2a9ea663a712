"""Cal.com's webhooks one after the other, at a team's address: seats told of at once, and questions by slug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.source_samples import samples_of

SOURCE = SOURCES["calcom"]
Send = Callable[[str], dict[str, Any]]


@pytest.fixture
def send(app: Flask, team: Team) -> Send:
    """Send a sample to Acme's address and return what is answered."""
    bodies = {each.name: each.body for each in samples_of(SOURCE)}
    with app.app_context():
        secret = endpoint_setup.make_endpoint(team.id, SOURCE.name)
        (endpoint,) = endpoints.list_endpoints(team.id, SOURCE.name)
        end_read()

    def send_sample(name: str) -> dict[str, Any]:
        webhook = SOURCE.prove(secret, bodies[name], now())
        answer = app.test_client().post(endpoint.address, data=webhook.body, headers=dict(webhook.headers))
        answer.close()  # whereupon it is listed
        assert answer.status_code == 200
        assert isinstance(answer.json, dict)
        return answer.json

    return send_sample


def test_each_of_several_is_taken_and_the_first_that_is_known_is_answered(app: Flask, send: Send) -> None:
    def marks() -> list[bool]:
        with app.app_context():
            kept = db.session.query(BookingRecord).order_by(BookingRecord.id)
            return [each.cancelled_at is not None for each in kept]

    assert "never came" in send("no_shows_of_two_seats.json")["ignored"]
    second = send("second_seat.json")
    assert send("no_shows_of_two_seats.json") == second  # the first one never came
    first = send("first_seat.json")
    assert first["delivery"] != second["delivery"]
    assert marks() == [False, False]
    assert send("seats_cancelled_by_host.json")["delivery"] == first["delivery"]
    assert marks() == [True, True]


@pytest.mark.parametrize("terse_first", [False, True])
def test_a_trigger_that_knows_no_label_takes_none_away(app: Flask, send: Send, terse_first: bool) -> None:
    labelled, terse = "BOOKING_CREATED.json", "BOOKING_CANCELLED.json"
    for name in (terse, labelled) if terse_first else (labelled, terse):
        send(name)
    with app.app_context():
        calendar = db.session.query(Calendar).one()
        labels = {row.source_key: row.label for row in calendar.questions if row.source_key}
        answered = [each.answers for each in db.session.query(BookingRecord)]
        company = next(str(row.id) for row in calendar.questions if row.source_key == "company")
    assert labels["company"] == "Company"
    assert labels["headcount"] == "How many people work there?"
    assert [each[company] for each in answered] == ["Mar Azul Lda"] * 2


def test_the_list_says_why_something_was_left_alone(send: Send, owner: Browser) -> None:
    for name in ("BOOKING_REQUESTED.json", "BOOKING_PAYMENT_INITIATED.json", "PING.json"):
        send(name)
    page = owner.open("/teams/acme/settings/integrations/calcom")
    test, unpaid, requested = (words(each) for each in page.select("table.received .result-sentence"))
    assert requested.startswith("This booking waits to be confirmed")
    assert unpaid == "This booking waits for its payment."
    assert test == "Your booking tool tried the address out, and it works."
    assert page.select(".faults") == []
