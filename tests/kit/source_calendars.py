"""A team whose calendar a booking source made, and what the source sends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.store import write_transaction
from hubsync.store.calendars import Calendar
from tests.kit.connected_team import ConnectedTeam


@pytest.fixture
def sent(connected_team: ConnectedTeam) -> ConnectedTeam:
    """The team with its calendar made by a source; two days for an appointment are not ours to refuse."""
    with connected_team.app.app_context(), write_transaction() as session:
        calendar = session.get_one(Calendar, connected_team.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "intro"
        calendar.duration_minutes = 2 * 24 * 60
    return connected_team


def send(connected_team: ConnectedTeam, number: int) -> str:
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
    with connected_team.app.app_context():
        return complete(connected_team.team_id, booking).state
