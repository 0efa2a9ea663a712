"""A team that is connected to HubSpot: its owner signed in, a calendar, forms that are filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import event

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.questions import Kind
from hubsync.domain.roles import Role
from hubsync.services.calendars import questions as guest_questions
from hubsync.store import db, write_transaction
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord, MappingRow
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page_bookings import complete_page_booking
from tests.kit.world import world


@dataclass
class ConnectedTeam:
    """The team, its calendar and the sandbox's account that it is connected to."""

    app: Flask
    sandbox: SandboxServer
    team_id: int
    calendar_id: int
    owner: Browser

    @property
    def advanced(self) -> str:
        return f"/teams/acme/calendars/{self.calendar_id}/advanced"

    @property
    def editor(self) -> str:
        return f"{self.advanced}/hubspot"

    def questions(self) -> dict[str, QuestionRow]:
        with self.app.app_context():
            found = (
                db.session.query(QuestionRow).filter_by(calendar_id=self.calendar_id).order_by("position", "id")
            )
            return {row.label: row for row in found if row.deleted_at is None}

    def token(self, label: str, piece: str = "") -> str:
        return f"question:{self.questions()[label].id}{piece}"

    def ask(self, label: str, kind: Kind, choices: tuple[str, ...] = ()) -> int:
        with self.app.app_context():
            return guest_questions.add_question(
                self.calendar_id, guest_questions.QuestionInput(label, kind, False, choices)
            )

    def book(self, email: str = "mika@example.com") -> None:
        """By the booking page, with an address and nothing else."""
        with self.app.app_context():
            calendar = db.session.get_one(Calendar, self.calendar_id)
            answers = {row.id: email for row in calendar.questions if row.label == "Email"}
            complete_page_booking(calendar, answers)

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """What is stored: (section, property, its label, its type, information)."""
        with self.app.app_context():
            found = db.session.query(MappingRow).order_by(MappingRow.section, MappingRow.position)
            return [
                (row.section, row.property_name, row.property_label, row.property_type, row.information)
                for row in found
            ]

    def mapping(self) -> MappingRecord | None:
        with self.app.app_context():
            return db.session.query(MappingRecord).one_or_none()

    def add_person(self, email: str, role: Role) -> Browser:
        with self.app.app_context():
            join(self.team_id, email, role)
        return Browser(self.app).sign_in(email)

    def own_property(self, section: str, name: str, **definition: Any) -> None:
        """Change or create a property in the sandbox's account."""
        url = f"{self.sandbox.url}/sandbox/api/properties/{section}/{name}"
        requests.put(url, json=definition, timeout=60).raise_for_status()

    def fault(self, **rule: Any) -> None:
        answer = requests.post(f"{self.sandbox.url}/sandbox/api/faults", json=rule, timeout=60)
        assert answer.ok, answer.text

    def calls(self) -> list[str]:
        """The calls HubSpot got since the last look."""
        log = f"{self.sandbox.url}/sandbox/api/calls"
        answer = requests.get(log, timeout=60).json()
        requests.delete(log, timeout=60).raise_for_status()
        calls = answer["results"]
        return [f"{call['method']} {call['path']}" for call in calls]

    def count_queries(self, action: Any) -> int:
        """How many statements *action* sends to the database."""
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest_: Any) -> None:
            seen.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            action()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    def disconnect(self, state: str = "disconnected", lost_code: str = "") -> None:
        with self.app.app_context(), write_transaction() as session:
            connection = session.query(Connection).one()
            connection.state, connection.lost_code = state, lost_code


@pytest.fixture
def connected_team(app: Flask, sandbox: SandboxServer) -> ConnectedTeam:
    """Acme, owned by owner@acme.example, connected to the sandbox; nothing is mapped."""
    acme = world(app, sandbox, mapped=False)
    owner = Browser(app, signed_in=acme.sessions["owner"])
    return ConnectedTeam(app, sandbox, acme.team_id, acme.calendars["intro"], owner)
