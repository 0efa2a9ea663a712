"""A team at work: people who are signed in, a calendar, a connected HubSpot account, forms that are filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.questions import Kind
from hubsync.domain.roles import Role
from hubsync.services import now, tools
from hubsync.services.calendars import calendars
from hubsync.services.calendars import questions as guest_questions
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.signin import links
from hubsync.services.teams import members
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.members import join
from tests.kit.page import Element, read_page

BASE_URL = "http://localhost:8000"
Pairs = list[tuple[str, str]]


class Reader:
    """Somebody's browser: opens pages, fills in forms, presses buttons. No JavaScript runs."""

    def __init__(self, app: Flask, email: str) -> None:
        self.client = FlaskClient(app, app.response_class, use_cookies=True)
        with app.app_context():
            token = links.redeem(links.make_link(email).rsplit("/", 1)[-1])
        with self.client.session_transaction(base_url=BASE_URL) as session:
            session["signed_in"] = token

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, base_url=BASE_URL, **more)

    def open(self, address: str, **more: Any) -> Element:
        answer = self.get(address, **more)
        assert answer.status_code == 200, answer.text[:2000]
        return page(answer)

    def send(self, address: str, form: Pairs) -> TestResponse:
        fields: dict[str, list[str]] = {}
        for name, value in form:
            fields.setdefault(name, []).append(value)
        return self.client.post(address, data=fields, base_url=BASE_URL)

    def press(self, address: str, button: tuple[str, str] | None = None, **changed: str | None) -> TestResponse:
        """Open the page, fill in its last form as *changed* says (None: leave the field out), press *button*."""
        form = filled(self.open(address))
        form = [pair for pair in form if pair[0] not in changed]
        form += [(name, value) for name, value in changed.items() if value is not None]
        return self.send(address, [*form, *([button] if button else [])])


def page(answer: TestResponse) -> Element:
    return read_page(answer.text)


def text(part: Element) -> str:
    return " ".join(part.get_text(" ").split())


def filled(shown: Element) -> Pairs:
    """What a browser would send with the last form of the page's content, but for a button."""
    form = shown.select("main form")[-1]
    found: Pairs = []
    for each in form.select("input, select, textarea"):
        name, kind = each.get("name"), each.get("type")
        if not name or (kind == "checkbox" and not each.has_attr("checked")):
            continue
        if each.name == "select":
            chosen = each.select_one("option[selected]") or each.select_one("option")
            found.append((str(name), str(chosen["value"])))  # type: ignore[index]  # every option has a value
        else:
            found.append((str(name), each.get_text() if each.name == "textarea" else str(each.get("value", "on"))))
    return found


@dataclass
class Workshop:
    """The team, its calendar and the sandbox's account that it is connected to."""

    app: Flask
    sandbox: SandboxServer
    team_id: int
    calendar_id: int
    owner: Reader

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

    def add_person(self, email: str, role: Role) -> Reader:
        with self.app.app_context():
            join(self.team_id, email, role)
        return Reader(self.app, email)

    def own_property(self, section: str, name: str, **definition: Any) -> None:
        """Change or create a property in the sandbox's account."""
        url = f"{self.sandbox.url}/sandbox/api/properties/{section}/{name}"
        requests.put(url, json=definition, timeout=10).raise_for_status()

    def fault(self, **rule: Any) -> None:
        answer = requests.post(f"{self.sandbox.url}/sandbox/api/faults", json=rule, timeout=10)
        assert answer.ok, answer.text

    def calls(self) -> list[str]:
        """The calls HubSpot got since the last look."""
        log = f"{self.sandbox.url}/sandbox/api/calls"
        answer = requests.get(log, timeout=10).json()
        requests.delete(log, timeout=10).raise_for_status()
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
def workshop(app: Flask, sandbox: SandboxServer) -> Workshop:
    """Acme, owned by owner@acme.example, connected to the sandbox."""
    key = requests.post(f"{sandbox.url}/sandbox/api/service-keys", json={}, timeout=10).json()["token"]
    with app.app_context():
        members.create_team("Acme", "owner@acme.example", "premium")
        team_id, owner_id = db.session.query(Team.id).scalar(), db.session.query(Person.id).scalar()
        end_read()
        calendar = calendars.make_calendar(team_id, owner_id, CalendarInput("Intro call", 30, "Asia/Tokyo"))
        calendar_id = calendar.id
        end_read()
        with write_transaction() as session:
            session.add(
                Connection(
                    team_id=team_id,
                    state="connected",
                    hubspot_account_id="1234567",
                    connected_at=now(),
                    access_sealed=tools().vault.seal(sealed_place(team_id, "access token"), key),
                )
            )
    return Workshop(app, sandbox, team_id, calendar_id, Reader(app, "owner@acme.example"))
