"""A team that is asked whether to use another HubSpot account, with mappings and bookings that wait."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.deliveries import transitions
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.teams import Membership, Team
from tests.web.consenting import (
    HARBOUR_ACCOUNT,
    PAGE,
    come_back,
    kept,
)
from tests.web.visitor import Visitor

QUESTION = f"{PAGE}/another-account"


@pytest.fixture
def asked(team: Team, owner: Visitor) -> Visitor:
    """The owner, whose team is connected to Acme's account and who has just authorized Blue Harbour's."""
    come_back(owner)
    answer = come_back(owner, account=HARBOUR_ACCOUNT)
    assert answer.headers["Location"] == QUESTION
    return owner


def account_of(app: Flask, team: Team) -> str:
    connection = kept(app, team)
    assert connection is not None
    return connection.hubspot_account_id


def map_property(app: Flask, team: Team, name: str, label: str, kind: str = "string") -> int:
    """A calendar of the team whose contacts get this property."""
    with app.app_context():
        owner_id = db.session.query(Membership.person_id).filter_by(team_id=team.id, role="owner").scalar()
        end_read()
        calendar = calendars.make_calendar(team.id, owner_id, CalendarInput(f"Call {name}", 30, "Asia/Tokyo"))
        asked_first = calendar.questions[0].id
        end_read()
        with write_transaction() as session:
            mapping = MappingRecord(calendar_id=calendar.id, updated_at=now())
            session.add(mapping)
            session.flush()
            session.add(
                MappingRow(
                    mapping_id=mapping.id,
                    section="contacts",
                    position=0,
                    property_name=name,
                    property_label=label,
                    property_type=kind,
                    information=f"question:{asked_first}",
                )
            )
        return calendar.id


def let_wait(app: Flask, team: Team, calendar_id: int, count: int) -> None:
    with app.app_context(), write_transaction() as session:
        for number in range(count):
            booking = BookingRecord(
                team_id=team.id,
                calendar_id=calendar_id,
                source="page",
                external_id=f"waiting-{number}",
                starts_at=now(),
                ends_at=now(),
                guest_name="Guest",
                guest_email="guest@example.com",
                answers={},
                created_at=now(),
            )
            session.add(booking)
            session.flush()
            transitions.begin(
                session,
                Delivery(
                    team_id=team.id,
                    calendar_id=calendar_id,
                    booking_id=booking.id,
                    state="waiting",
                    reason="not_connected",
                    created_at=now(),
                ),
            )
