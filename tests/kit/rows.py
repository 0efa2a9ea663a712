"""Rows for tests, each with what it must have: whoever needs a column to differ names it.

All are called inside `write_transaction`, with its *session*.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.questions import Part
from hubsync.services import now, tools
from hubsync.services.calendars.source_calendars import add_default_questions
from hubsync.services.connection.tokens import sealed_place
from hubsync.services.deliveries import transitions
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team

ACCOUNT = "1234567"
"""The stand-in's first account."""
MOMENT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""When bookings and deliveries begin that no test gave a time."""

USUAL_MAPPING = (
    ("companies", "name", Part.COMPANY, ""),
    ("companies", "domain", Part.EMAIL, ""),
    ("contacts", "email", Part.EMAIL, ""),
    ("contacts", "lastname", Part.NAME, ":before_space"),
    ("contacts", "firstname", Part.NAME, ":after_space"),
)


def add_person(session: Session, email: str = "owner@acme.example", **columns: Any) -> Person:
    person = Person(**{"email": email, "created_at": now()} | columns)
    session.add(person)
    session.flush()
    return person


def add_busy_calendar(session: Session, person_id: int, **columns: Any) -> BusyCalendar:
    """A busy calendar of the person, which no one could read: nothing is sealed for it."""
    usual = {"kind": "ics", "name": "Work", "place": "calendar.example", "when_unreadable": "show_times"}
    row = BusyCalendar(**{"person_id": person_id, "added_at": now(), **usual} | columns)
    session.add(row)
    session.flush()
    return row


def add_team(session: Session, slug: str = "acme", **columns: Any) -> Team:
    """A team on the Premium plan, with nobody in it."""
    team = Team(**{"slug": slug, "name": slug.title(), "plan": "premium", "created_at": now()} | columns)
    session.add(team)
    session.flush()
    return team


def add_member(session: Session, team_id: int, person_id: int, role: str = "owner") -> Membership:
    membership = Membership(team_id=team_id, person_id=person_id, role=role)
    session.add(membership)
    return membership


def add_calendar(session: Session, team_id: int, owner_id: int, slug: str = "", **columns: Any) -> Calendar:
    """A calendar of a booking page, with the four questions that every calendar begins with."""
    slug = slug or secrets.token_urlsafe(16)
    usual = {"slug": slug, "external_id": slug, "name": "Intro call", "time_zone": "Asia/Tokyo"}
    calendar = Calendar(team_id=team_id, owner_id=owner_id, created_at=now(), **usual | columns)
    session.add(calendar)
    session.flush()
    add_default_questions(session, calendar)
    return calendar


def add_question(
    session: Session, calendar_id: int, label: str, kind: str = "text", **columns: Any
) -> QuestionRow:
    usual = {"position": 9, "supplement": "", "choices": [], "required": False}
    row = QuestionRow(calendar_id=calendar_id, label=label, kind=kind, **usual | columns)
    session.add(row)
    session.flush()
    return row


def add_mapping(session: Session, calendar_id: int, *rows: tuple[str, ...]) -> MappingRecord:
    """A mapping with no row, or with these: (section, property, information) and perhaps its label and type."""
    mapping = MappingRecord(calendar_id=calendar_id, updated_at=now())
    session.add(mapping)
    session.flush()
    for position, row in enumerate(rows):
        add_mapping_row(session, mapping.id, *row, position=position)
    return mapping


def add_usual_mapping(session: Session, calendar_id: int) -> MappingRecord:
    """Name and domain of the company, the guest's address and both names, each from the question for it."""
    parts = session.execute(select(QuestionRow.part, QuestionRow.id).where(QuestionRow.calendar_id == calendar_id))
    ids = {part: number for part, number in parts if part}
    rows = ((section, name, f"question:{ids[part.value]}{piece}") for section, name, part, piece in USUAL_MAPPING)
    return add_mapping(session, calendar_id, *rows)


def add_mapping_row(
    session: Session, mapping_id: int, section: str, name: str, information: str, label: str = "", kind: str = "",
    *, position: int = 50, when_exists: str = "leave",
) -> MappingRow:  # fmt: skip
    row = MappingRow(
        mapping_id=mapping_id,
        section=section,
        position=position,
        property_name=name,
        property_label=label or name,
        property_type=kind or "string",
        information=information,
        when_exists=when_exists,
    )
    session.add(row)
    return row


def add_connection(session: Session, team_id: int, token: str = "pat-na1-none", **columns: Any) -> Connection:
    """The team is connected by *token*, which does not expire."""
    usual = {
        "state": "connected",
        "hubspot_account_id": ACCOUNT,
        "connected_at": now(),
        "access_sealed": tools().vault.seal(sealed_place(team_id, "access token"), token),
    }
    connection = Connection(team_id=team_id, **usual | columns)
    session.add(connection)
    session.flush()
    return connection


def add_booking(session: Session, team_id: int, calendar_id: int, **columns: Any) -> BookingRecord:
    starts_at = columns.get("starts_at", MOMENT)
    usual = {
        "source": "page",
        "external_id": secrets.token_urlsafe(8),
        "guest_name": "Mika Sato",
        "guest_email": "mika@acme.example",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30) if starts_at else None,
        "created_at": MOMENT,
    }
    booking = BookingRecord(team_id=team_id, calendar_id=calendar_id, **usual | columns)
    session.add(booking)
    session.flush()
    return booking


def add_delivery(session: Session, booking: BookingRecord, state: str, **columns: Any) -> Delivery:
    delivery = Delivery(
        **{
            "team_id": booking.team_id,
            "calendar_id": booking.calendar_id,
            "booking_id": booking.id,
            "state": DeliveryState(state),
            "created_at": booking.created_at,
        }
        | columns
    )
    transitions.begin(session, delivery)
    return delivery
