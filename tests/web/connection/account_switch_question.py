"""A team that is asked whether to use another HubSpot account, with mappings and bookings that wait."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.store import db, end_read, write_transaction
from hubsync.store.teams import Membership, Team
from tests.kit import rows
from tests.kit.browser import Browser
from tests.web.connection.consent_page import (
    HARBOUR_ACCOUNT,
    PAGE,
    come_back,
    kept,
)

QUESTION = f"{PAGE}/another-account"


@pytest.fixture
def asked(team: Team, owner: Browser) -> Browser:
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
            row = ("contacts", name, f"question:{asked_first}", label, kind)
            rows.add_mapping(session, calendar.id, row)
        return calendar.id


def let_wait(app: Flask, team: Team, calendar_id: int, count: int) -> None:
    with app.app_context(), write_transaction() as session:
        for _ in range(count):
            booking = rows.add_booking(session, team.id, calendar_id, starts_at=now())
            rows.add_delivery(session, booking, "waiting", reason="not_connected", created_at=now())
