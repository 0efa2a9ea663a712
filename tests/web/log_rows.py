"""Rows for the pages of deliveries: a team with two people, two calendars, and deliveries as asked for."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from flask import Flask
from flask.testing import FlaskClient

from hubspot_sandbox.server import SandboxServer
from hubsync.services import now, tools
from hubsync.services.calendars.source_calendars import add_default_questions
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.deliveries import transitions
from hubsync.services.signin import links
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests.kit.page import Element, read_page

STARTS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class Log:
    """One team's log. Everything is added in the app context that the fixture opened and closed."""

    app: Flask
    team_id: int
    slug: str
    calendars: dict[str, int]
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def add(self, state: str, calendar: str = "owner", **columns: Any) -> int:
        """One delivery of a booking; columns of the booking and of the delivery by their names."""
        booked = {name: columns.pop(name) for name in list(columns) if hasattr(BookingRecord, name)}
        usual = {
            "guest_name": "Mika Sato",
            "guest_email": "mika@acme.example",
            "source": "page",
            "starts_at": STARTS,
        }
        with self.app.app_context(), write_transaction() as session:
            booking = BookingRecord(
                team_id=self.team_id,
                calendar_id=self.calendars[calendar],
                external_id=f"booking {next(self.numbers)}",
                ends_at=STARTS + timedelta(minutes=30),
                created_at=STARTS,
                **usual | booked,
            )
            session.add(booking)
            session.flush()
            delivery = Delivery(
                team_id=self.team_id,
                calendar_id=booking.calendar_id,
                booking_id=booking.id,
                state=state,
                created_at=STARTS,
                **columns,
            )
            transitions.begin(session, delivery)
            return delivery.id

    def attempt(self, delivery_id: int, **columns: Any) -> None:
        usual = {"started_at": STARTS, "finished_at": STARTS, "step": "company", "outcome": "failed"}
        with self.app.app_context(), write_transaction() as session:
            session.add(Attempt(delivery_id=delivery_id, **usual | columns))

    def questions(self, calendar: str = "owner") -> dict[str, int]:
        """Ids of the calendar's questions by label."""
        with self.app.app_context():
            rows = db.session.query(QuestionRow).filter_by(calendar_id=self.calendars[calendar])
            return {row.label: row.id for row in rows}

    def ask(self, label: str, *, deleted: bool = False) -> int:
        with self.app.app_context(), write_transaction() as session:
            row = QuestionRow(calendar_id=self.calendars["owner"], position=9, label=label, kind="text")
            row.deleted_at = STARTS if deleted else None
            session.add(row)
            session.flush()
            return row.id

    def map(self, *rows: tuple[str, str, str, str]) -> None:
        """HubSpot for the owner's calendar: (section, property, its label, information)."""
        with self.app.app_context(), write_transaction() as session:
            mapping = MappingRecord(calendar_id=self.calendars["owner"], updated_at=now())
            session.add(mapping)
            session.flush()
            for position, (section, name, label, information) in enumerate(rows):
                session.add(
                    MappingRow(
                        mapping_id=mapping.id,
                        section=section,
                        position=position,
                        property_name=name,
                        property_label=label,
                        property_type="string",
                        information=information,
                    )
                )

    def connect(self, token: str = "", account: str = "1234567", ui_domain: str = "") -> None:
        with self.app.app_context(), write_transaction() as session:
            sealed = tools().vault.seal(sealed_place(self.team_id, "access token"), token)
            session.add(
                Connection(
                    team_id=self.team_id,
                    state="connected",
                    hubspot_account_id=account,
                    ui_domain=ui_domain,
                    connected_at=now(),
                    access_sealed=sealed,
                )
            )

    def state_of(self, delivery_id: int) -> str:
        with self.app.app_context():
            return db.session.get_one(Delivery, delivery_id).state


def begin_log(app: Flask, slug: str) -> Log:
    """A team with an owner and a member, each with a calendar: ``owner@<slug>.example`` and ``member@…``."""
    with app.app_context():
        with write_transaction() as session:
            team = Team(slug=slug, name=slug.title(), plan="premium", created_at=now())
            session.add(team)
            session.flush()
            calendars = {}
            for role in ("owner", "member"):
                person = Person(email=f"{role}@{slug}.example", time_zone="Asia/Tokyo", created_at=now())
                session.add(person)
                session.flush()
                session.add(Membership(team_id=team.id, person_id=person.id, role=role))
                calendar = Calendar(
                    team_id=team.id,
                    owner_id=person.id,
                    slug=f"{slug}-{role}",
                    name=f"Calendar of the {role}",
                    external_id=f"{slug}-{role}",
                    created_at=now(),
                )
                session.add(calendar)
                session.flush()
                add_default_questions(session, calendar)
                calendars[role] = calendar.id
        end_read()
        return Log(app, team.id, slug, calendars)


class Reader(FlaskClient):
    """A browser that asks for pages under the base URL."""

    def open(self, *asked: Any, **more: Any) -> Any:
        return super().open(*asked, base_url="http://localhost:8000", **more)


def reader(app: Flask, email: str) -> Reader:
    """The browser of the person with this address, signed in."""
    with app.app_context():
        token = links.redeem(links.make_link(email).rsplit("/", 1)[-1])
    made = Reader(app, app.response_class)
    with made.session_transaction() as session:
        session["signed_in"] = token
    return made


def page_of(answer: Any) -> Element:
    assert answer.status_code == 200, answer.text
    return read_page(answer.text)


def words(part: Element | None) -> str:
    """The text of *part* with single spaces."""
    assert part is not None
    return " ".join(part.get_text(" ").split())


def service_key(sandbox: SandboxServer) -> str:
    made = requests.post(f"{sandbox.url}/sandbox/api/service-keys", json={}, timeout=10)
    made.raise_for_status()
    token: str = made.json()["token"]
    return token
