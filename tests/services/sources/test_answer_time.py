"""A webhook is answered in time: nobody waits for a slow HubSpot beyond the budget of an answer."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from sqlalchemy import delete

from hubsync.domain.received import Result
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.intake import Intake, Received
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.sources import IntakeEndpoint
from tests.kit.at_one_instant import at_once

SOURCE = SOURCES["signed_json"]
CALENDAR = "demo"
BOOKING = {
    "id": "b-1",
    "event": "booking.completed",
    "calendar": {"id": CALENDAR, "name": "Demo"},
    "guest": {"name": "Mika Sato", "email": "mika@acme.co.jp", "company": "Acme"},
    "start": "2026-12-01T10:00:00+09:00",
}


@pytest.fixture
def mapped(acme: Any) -> Any:
    """Acme, whose mapped calendar is that of the source."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = SOURCE.name, CALENDAR
    return acme


def test_a_booking_that_is_deleted_while_it_is_posted_is_not_answered_with_404(mapped: Any) -> None:
    """A sender would end its subscription."""
    secret = endpoint_setup.make_endpoint(mapped.team_id, SOURCE.name)
    mapped.fault(action="delay", hold=True, path="/companies/search", times=1)
    row = db.session.query(IntakeEndpoint).one()
    end_read()
    raw = json.dumps(BOOKING).encode()
    intake = Intake(SOURCE)

    def receive() -> Received:
        return intake.receive(row.token, raw, SOURCE.prove(secret, raw, now()).headers, {})

    def delete_it() -> None:
        assert mapped.sandbox.state.faults.wait_until_held()
        with write_transaction() as session:
            session.execute(delete(BookingRecord))
        mapped.sandbox.state.faults.release()

    taken, _ = at_once(mapped.app, [receive, delete_it])
    assert isinstance(taken, Received)
    assert taken.ignored == "This booking was deleted here meanwhile."
    assert intake.line.result == Result.ERASED


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/companies/search", "/companies", "/contacts"])
def test_it_is_answered_long_before_a_slow_hubspot_answers_and_posted_later(mapped: Any, path: str) -> None:
    mapped.fault(action="delay", delay=20, path=path, times=1)
    secret = endpoint_setup.make_endpoint(mapped.team_id, SOURCE.name)
    shown = endpoints.show_endpoint(mapped.team_id, SOURCE.name)
    end_read()
    assert shown is not None
    raw = json.dumps(BOOKING).encode()
    began = time.monotonic()
    answer = mapped.app.test_client().post(
        shown.address.removeprefix("http://localhost:8000"),
        base_url="http://localhost:8000",
        data=raw,
        headers=dict(SOURCE.prove(secret, raw, now()).headers),
    )
    assert time.monotonic() - began < 15, "HubSpot was waited for"
    assert (answer.status_code, answer.json["state"]) == (200, "retrying")
