"""A team that is connected to the sandbox by a static token, with one calendar and its mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from flask import Flask

from hubspot_sandbox.grants import connect_app
from hubspot_sandbox.server import SandboxServer
from hubsync.domain.questions import Kind, Part
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now, tools
from hubsync.services.connection.api_access import sealed_place
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests import databases
from tests.mapped import add_mapped
from tests.page_bookings import complete_page_booking
from tests.services.oauth import store

ON_POSTGRESQL_TOO = {
    "test_api_access_races",
    "test_steps",
    "test_bursts",
    "test_daily_check_once",
    "test_completion",
    "test_delivering",
    "test_invitation_races",
    "test_answer_placement",
    "test_sender_once",
    "test_races",
    "test_source_calendars",
    "test_company_registry",
    "test_sessions",
    "test_token_refresh_workers",
}
"""What claims, leases and unique keys hold together; everything else does not depend on the database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames and metafunc.module.__name__.rsplit(".")[-1] in ON_POSTGRESQL_TOO:
        metafunc.parametrize("database", databases.BOTH, indirect=True)


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
            row = QuestionRow(
                calendar_id=self.calendar_id, position=9, label=label, kind=kind.value, supplement=""
            )
            session.add(row)
            session.flush()
            return row.id

    def map(self, section: str, name: str, information: str, kind: str = "string", label: str = "") -> None:
        with write_transaction() as session:
            mapping = session.query(MappingRecord).filter_by(calendar_id=self.calendar_id).one()
            session.add(
                MappingRow(
                    mapping_id=mapping.id,
                    section=section,
                    position=50,
                    property_name=name,
                    property_label=label or name,
                    property_type=kind,
                    information=information,
                )
            )

    def book(
        self, name: str, email: str, company: str = "", *, form_id: str = "", answers: dict[int, Any] | None = None
    ) -> Delivery:
        calendar = self.calendar()
        given = {
            self.question(Part.COMPANY).id: company,
            self.question(Part.NAME).id: name,
            self.question(Part.EMAIL).id: email,
            **(answers or {}),
        }
        delivery = complete_page_booking(calendar, given, time_zone="Asia/Tokyo", form_id=form_id)
        end_read()
        return delivery

    # ---- what HubSpot holds, asked over its own API

    def records(self, what: str) -> list[dict[str, Any]]:
        properties = "name,domain,email,firstname,lastname,numberofemployees,hs_object_source_label"
        answer = requests.get(
            f"{self.sandbox.url}/crm/v3/objects/{what}",
            params={"limit": 100, "associations": "companies", "properties": properties},
            headers={"Authorization": f"Bearer {self.token()}"},
            timeout=10,
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def delete(self, what: str, record_id: str) -> None:
        url = f"{self.sandbox.url}/crm/v3/objects/{what}/{record_id}"
        requests.delete(url, headers={"Authorization": f"Bearer {self.token()}"}, timeout=10).raise_for_status()

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
        state, redirect = self.sandbox.state, "http://localhost:8000/integrations/hubspot/callback"
        registered = state.apps.get(self.sandbox.settings.client_id)
        code = connect_app(
            state, registered, state.accounts.get(1234567), "a@b.example", list(SCOPES), redirect, None
        )
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": registered.client_id,
            "client_secret": registered.client_secret,
        }
        answer = requests.post(f"{self.sandbox.url}/oauth/2026-09/token", data=form, timeout=10)
        assert answer.ok, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    def calls_of(self, action: Any) -> list[str]:
        """The calls that *action* makes, as "METHOD path"."""
        requests.delete(f"{self.sandbox.url}/sandbox/api/calls", timeout=10).raise_for_status()
        action()
        calls = requests.get(f"{self.sandbox.url}/sandbox/api/calls", timeout=10).json()
        calls = calls["results"]
        ordered = sorted(calls, key=lambda call: call["number"])
        return [f"{call['method']} {call['path']}" for call in ordered]

    def fault(self, **rule: Any) -> None:
        answer = requests.post(f"{self.sandbox.url}/sandbox/api/faults", json=rule, timeout=10)
        assert answer.ok, answer.text

    def hubspot_recovers(self) -> None:
        """The time is over during which HubSpot is left alone after trouble."""
        with write_transaction() as session:
            session.query(Connection).update({"circuit_until": None, "paused_until": None, "pace_until": None})

    def another_team(self, account_id: str = "1234567", token: str = "") -> int:
        """A second team with a mapped calendar, connected to the same account or to another one; its id."""
        with write_transaction() as session:
            owner = session.query(Person).first()
            team = Team(slug="other", name="Other", plan="premium", created_at=now())
            session.add(team)
            session.flush()
            session.add(Membership(team_id=team.id, person_id=owner.id, role="owner"))
            calendar = Calendar(
                team_id=team.id,
                owner_id=owner.id,
                slug="other",
                name="Other call",
                time_zone="Asia/Tokyo",
                external_id="other",
                created_at=now(),
            )
            add_mapped(session, calendar)
            session.add(
                Connection(
                    team_id=team.id,
                    state="connected",
                    hubspot_account_id=account_id,
                    connected_at=now(),
                    access_sealed=tools().vault.seal(
                        sealed_place(team.id, "access token"), token or "pat-na1-none"
                    ),
                )
            )
            return team.id

    def settings(self, **switches: Any) -> None:
        answer = requests.put(f"{self.sandbox.url}/sandbox/api/settings", json=switches, timeout=10)
        assert answer.ok, answer.text


@pytest.fixture
def acme(app: Flask, sandbox: SandboxServer) -> Iterator[Acme]:
    made = requests.post(f"{sandbox.url}/sandbox/api/service-keys", json={}, timeout=10)
    assert made.ok, made.text
    token = made.json()["token"]
    with app.app_context():
        with write_transaction() as session:
            person = Person(email="owner@acme.example", name="Mika Sato", created_at=now())
            team = Team(slug="acme", name="Acme", plan="premium", created_at=now())
            session.add_all([person, team])
            session.flush()
            session.add(Membership(team_id=team.id, person_id=person.id, role="owner"))
            calendar = Calendar(
                team_id=team.id,
                owner_id=person.id,
                slug="intro",
                name="Intro call",
                time_zone="Asia/Tokyo",
                external_id="intro",
                created_at=now(),
            )
            add_mapped(session, calendar)
            session.add(
                Connection(
                    team_id=team.id,
                    state="connected",
                    hubspot_account_id="1234567",
                    connected_at=now(),
                    access_sealed=tools().vault.seal(sealed_place(team.id, "access token"), token),
                )
            )
            ids = team.id, calendar.id
        yield Acme(app, sandbox, *ids)


@pytest.fixture
def oauth_acme(acme: Acme) -> Acme:
    """The team, connected by OAuth at the sandbox instead of by a static token."""
    store(acme, acme.grant())
    return acme
