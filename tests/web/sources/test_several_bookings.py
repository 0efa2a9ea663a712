"""A webhook that tells of several bookings at once: each is taken, and one of them is what is answered."""

from __future__ import annotations

from typing import Any

from flask import Flask

from hubsync.services import now
from hubsync.services.sources import endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.teams import Team
from tests.kit.source_samples import samples_of

SOURCE = SOURCES["calcom"]


def test_each_booking_is_taken_and_the_first_that_is_known_is_answered(app: Flask, team: Team) -> None:
    bodies = {each.name: each.body for each in samples_of(SOURCE)}
    with app.app_context():
        secret = endpoints.make_endpoint(team.id, SOURCE.name)
        (endpoint,) = endpoints.list_endpoints(team.id, SOURCE.name)
        end_read()

    def send(name: str) -> dict[str, Any]:
        webhook = SOURCE.prove(secret, bodies[name], now())
        answer = app.test_client().post(endpoint.address, data=webhook.body, headers=dict(webhook.headers))
        assert answer.status_code == 200
        assert isinstance(answer.json, dict)
        return answer.json

    def marks() -> list[bool]:
        with app.app_context():
            return [
                each.cancelled_at is not None
                for each in db.session.query(BookingRecord).order_by(BookingRecord.id)
            ]

    assert "never came" in send("no_shows_of_two_seats.json")["ignored"]
    second = send("second_seat.json")
    assert send("no_shows_of_two_seats.json") == second  # the first one never came
    first = send("first_seat.json")
    assert first["delivery"] != second["delivery"]
    assert marks() == [False, False]
    assert send("seats_cancelled_by_host.json")["delivery"] == first["delivery"]
    assert marks() == [True, True]
