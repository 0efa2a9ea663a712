"""A calendar with a booking page, and a guest who fills it in without JavaScript and without cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hubsync.domain.questions import Kind
from hubsync.services import now, tools
from hubsync.services.calendars.source_calendars import add_default_questions
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests.kit.page import Element, read_page

BASE_URL = "http://localhost:8000"
ADDRESS = "/book/intro-call-Zk3"


@dataclass
class Guest:
    """Somebody with the link; *names* are the questions' fields by label."""

    app: Flask
    client: FlaskClient
    calendar_id: int
    names: dict[str, str] = field(default_factory=dict)

    def ask(self, label: str, kind: Kind, **more: Any) -> None:
        """Put one more question on the page."""
        with self.app.app_context(), write_transaction() as session:
            row = QuestionRow(
                calendar_id=self.calendar_id,
                position=10 + len(self.names),
                label=label,
                kind=kind.value,
                **{"supplement": "", "choices": [], "required": False, **more},
            )
            session.add(row)
            session.flush()
            self.names[label] = f"question-{row.id}"

    def change(self, **columns: Any) -> None:
        """Change the calendar."""
        with self.app.app_context(), write_transaction() as session:
            calendar = session.get_one(Calendar, self.calendar_id)
            for name, value in columns.items():
                setattr(calendar, name, value)

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, base_url=BASE_URL)

    def post(self, form: dict[str, Any]) -> TestResponse:
        return self.client.post(ADDRESS, base_url=BASE_URL, data=form)

    def open(self, query: str = "") -> Element:
        answer = self.get(ADDRESS + query)
        assert answer.status_code == 200
        return read(answer)

    def token(self, query: str = "") -> str:
        return token_of(self.open(query))

    def filled(self, token: str | None = None, **changed: Any) -> dict[str, Any]:
        """A form in order, with *changed* fields; questions are named by their labels with _ for spaces."""
        fields = {
            "form_token": self.token() if token is None else token,
            "homepage": "",
            "date": (datetime.now(UTC) + timedelta(days=3)).date().isoformat(),
            "time": "10:30",
            "time_zone": "Asia/Tokyo",
            self.names["Name"]: "Mika Sato",
            self.names["Email"]: "mika@acme.example",
        }
        by_label = {label.replace(" ", "_"): name for label, name in self.names.items()}
        return fields | {by_label.get(name, name): value for name, value in changed.items()}

    def send(self, token: str | None = None, **changed: Any) -> TestResponse:
        return self.post(self.filled(token, **changed))

    def connect(self) -> None:
        """Connect the team and map the e-mail, so that bookings are really sent."""
        with self.app.app_context(), write_transaction() as session:
            team_id = session.get_one(Calendar, self.calendar_id).team_id
            mapping = MappingRecord(calendar_id=self.calendar_id, updated_at=now())
            session.add(mapping)
            session.flush()
            row = MappingRow(
                mapping_id=mapping.id,
                section="contacts",
                position=0,
                property_name="email",
                property_label="Email",
                property_type="string",
                information=self.names["Email"].replace("-", ":"),
            )
            connection = Connection(
                team_id=team_id,
                state="connected",
                hubspot_account_id="1234567",
                connected_at=now(),
                access_sealed=tools().vault.seal(sealed_place(team_id, "access token"), "pat-na1-x"),
            )
            session.add_all([row, connection])

    def bookings(self) -> list[BookingRecord]:
        with self.app.app_context():
            found = db.session.query(BookingRecord).order_by(BookingRecord.id).all()
            end_read()
            return found

    def answer(self, label: str) -> Any:
        """What was kept of the only booking's answer to the question *label*."""
        (booking,) = self.bookings()
        return booking.answers[self.names[label].removeprefix("question-")]


def read(answer: TestResponse) -> Element:
    return read_page(answer.text)


def token_of(page: Element) -> str:
    hidden = page.select_one("input[name=form_token]")
    assert hidden is not None
    return str(hidden["value"])


def error_at(page: Element, name: str) -> str:
    """The message that a screen reader reads with the field *name*."""
    control = page.select_one(f"[id='{name}']")
    assert control is not None, f"no field {name}"
    ids = [each for each in control.get("aria-describedby", "").split() if "error" in each]
    return " ".join(each.words for each in page.select(", ".join(f"[id='{one}']" for one in ids))) if ids else ""


@pytest.fixture
def guest(app: Flask) -> Guest:
    client = app.test_client(use_cookies=False)
    with app.app_context():
        with write_transaction() as session:
            person = Person(email="owner@acme.example", name="Mika Mori", created_at=now())
            team = Team(slug="acme", name="Acme", plan="premium", created_at=now())
            session.add_all([person, team])
            session.flush()
            session.add(Membership(team_id=team.id, person_id=person.id, role="owner"))
            calendar = Calendar(
                team_id=team.id,
                owner_id=person.id,
                slug=ADDRESS.removeprefix("/book/"),
                name="Intro call",
                time_zone="Asia/Tokyo",
                external_id="intro",
                created_at=now(),
            )
            session.add(calendar)
            session.flush()
            names = {row.label: f"question-{row.id}" for row in add_default_questions(session, calendar)}
            calendar_id = calendar.id
        db.session.remove()
    return Guest(app, client, calendar_id, names)
