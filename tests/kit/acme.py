"""A team that is connected to the sandbox, with one calendar and its mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.questions import Kind, Part
from hubsync.services import tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.people import Person
from tests.kit import rows
from tests.kit.page_bookings import complete_page_booking
from tests.kit.world import Connected, grant_tokens, world


@dataclass
class Acme:
    """The team, and what the sandbox's account holds."""

    app: Flask
    sandbox: SandboxServer
    team_id: int
    calendar_id: int

    def calendar(self) -> Calendar:
        return db.session.get_one(Calendar, self.calendar_id, populate_existing=True)

    def question(self, part: Part) -> QuestionRow:
        return next(row for row in self.calendar().questions if row.part == part.value)

    def add_question(self, label: str, kind: Kind) -> int:
        with write_transaction() as session:
            return rows.add_question(session, self.calendar_id, label, kind.value).id

    def map(
        self, section: str, name: str, information: str, kind: str = "string", label: str = "",
        *, when_exists: str = "leave",
    ) -> None:  # fmt: skip
        with write_transaction() as session:
            mapping = session.query(MappingRecord).filter_by(calendar_id=self.calendar_id).one()
            row = (mapping.id, section, name, information, label, kind)
            rows.add_mapping_row(session, *row, when_exists=when_exists)

    def book(
        self, name: str, email: str, company: str = "", *, form_id: str = "",
        answers: dict[int, Any] | None = None, held: bool = False,
    ) -> Delivery:  # fmt: skip
        calendar = self.calendar()
        asked = {row.part: row.id for row in calendar.questions}
        given = {asked[Part.COMPANY]: company, asked[Part.NAME]: name, asked[Part.EMAIL]: email, **(answers or {})}
        delivery = complete_page_booking(calendar, given, time_zone="Asia/Tokyo", form_id=form_id, held=held)
        end_read()
        return delivery

    # ---- what HubSpot holds, asked over its own API

    def records(self, what: str) -> list[dict[str, Any]]:
        properties = "name,domain,email,firstname,lastname,numberofemployees,hs_object_source_label"
        answer = requests.get(
            f"{self.sandbox.url}/crm/v3/objects/{what}",
            params={"limit": 100, "associations": "companies", "properties": properties},
            headers={"Authorization": f"Bearer {self.token()}"},
            timeout=60,
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def delete(self, what: str, record_id: str) -> None:
        url = f"{self.sandbox.url}/crm/v3/objects/{what}/{record_id}"
        requests.delete(url, headers={"Authorization": f"Bearer {self.token()}"}, timeout=60).raise_for_status()

    def merge(self, what: str, primary: str, other: str) -> None:
        """Have somebody merge *other* into *primary* in HubSpot."""
        answer = requests.post(
            f"{self.sandbox.url}/crm/v3/objects/{what}/merge",
            json={"primaryObjectId": primary, "objectIdToMerge": other},
            headers={"Authorization": f"Bearer {self.token()}"},
            timeout=60,
        )
        assert answer.ok, answer.text

    def companies_of(self, contact: dict[str, Any]) -> set[str]:
        linked = contact.get("associations", {}).get("companies", {}).get("results", [])
        return {str(link["id"]) for link in linked}

    def token(self) -> str:
        connection = db.session.query(Connection).filter_by(team_id=self.team_id).one()
        token = tools().vault.open(sealed_place(self.team_id, "access token"), connection.access_sealed)
        end_read()
        return token

    def grant(self) -> dict[str, Any]:
        """Tokens as somebody gets them who presses Connect at the sandbox."""
        return grant_tokens(self.sandbox)

    def calls_of(self, action: Any) -> list[str]:
        """The calls that *action* makes, as "METHOD path"."""
        requests.delete(f"{self.sandbox.url}/sandbox/api/calls", timeout=60).raise_for_status()
        action()
        calls = requests.get(f"{self.sandbox.url}/sandbox/api/calls", timeout=60).json()
        calls = calls["results"]
        ordered = sorted(calls, key=lambda call: call["number"])
        return [f"{call['method']} {call['path']}" for call in ordered]

    def fault(self, **rule: Any) -> None:
        answer = requests.post(f"{self.sandbox.url}/sandbox/api/faults", json=rule, timeout=60)
        assert answer.ok, answer.text

    def hubspot_recovers(self) -> None:
        """The time is over during which HubSpot is left alone after trouble."""
        with write_transaction() as session:
            over = {"circuit_until": None, "unanswered": 0, "paused_until": None, "pace_until": None}
            session.query(Connection).update(over)

    def another_team(self, account_id: str = rows.ACCOUNT, token: str = "pat-na1-none") -> int:
        """A second team with a mapped calendar, connected to the same account or to another one; its id."""
        with write_transaction() as session:
            owner = session.query(Person).first()
            team = rows.add_team(session, "other")
            rows.add_member(session, team.id, owner.id)
            calendar = rows.add_calendar(session, team.id, owner.id, "other", name="Other call")
            rows.add_usual_mapping(session, calendar.id)
            rows.add_connection(session, team.id, token, hubspot_account_id=account_id)
            return team.id

    def settings(self, **switches: Any) -> None:
        answer = requests.put(f"{self.sandbox.url}/sandbox/api/settings", json=switches, timeout=60)
        assert answer.ok, answer.text


def acme_in(app: Flask, sandbox: SandboxServer, connected: Connected) -> Iterator[Acme]:
    made = world(app, sandbox, connected=connected, person={"name": "Mika Sato"})
    with app.app_context():
        yield Acme(app, sandbox, made.team_id, made.calendars["intro"])


@pytest.fixture
def acme(app: Flask, sandbox: SandboxServer) -> Iterator[Acme]:
    yield from acme_in(app, sandbox, "key")


@pytest.fixture
def oauth_acme(app: Flask, sandbox: SandboxServer) -> Iterator[Acme]:
    """The team, connected by OAuth at the sandbox instead of by a service key."""
    yield from acme_in(app, sandbox, "oauth")
