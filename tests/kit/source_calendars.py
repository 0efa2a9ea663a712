"""A team whose calendar a booking source made, and what the source sends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.store import write_transaction
from hubsync.store.calendars import Calendar
from tests.kit.workshop import Workshop


@pytest.fixture
def sent(workshop: Workshop) -> Workshop:
    """The workshop with its calendar made by a source; two days for an appointment are not ours to refuse."""
    with workshop.app.app_context(), write_transaction() as session:
        calendar = session.get_one(Calendar, workshop.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "intro"
        calendar.duration_minutes = 2 * 24 * 60
    return workshop


def send(workshop: Workshop, number: int) -> str:
    """Take a booking as the source sends it; return its delivery's state."""
    starts = now() + timedelta(days=3)
    booking = Booking(
        source="signed_json",
        external_id=f"booking-{number}",
        calendar_external_id="intro",
        calendar_name="Intro call",
        guest=Guest(name="Mika Sato", email=f"mika{number}@acme.example.com", company=f"Acme {number}"),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        answers=(GivenAnswer("Number of Employees", "12"),),
    )
    with workshop.app.app_context():
        return complete(workshop.team_id, booking).state
