"""Rows for the pages of deliveries: a team with two people, two calendars, and deliveries as asked for."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from hubsync.domain.booking import BookingEvent
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingHistory, BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Attempt, Delivery
from tests.kit import rows
from tests.kit.world import world

STARTS = rows.MOMENT


@dataclass
class Log:
    """One team's log. Everything is added in the app context that the fixture opened and closed."""

    app: Flask
    team_id: int
    slug: str
    calendars: dict[str, int]
    sessions: dict[str, str]
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def add(self, state: str, calendar: str = "owner", **columns: Any) -> int:
        """One delivery of a booking; columns of the booking and of the delivery by their names."""
        booked = {name: columns.pop(name) for name in list(columns) if hasattr(BookingRecord, name)}
        booked.setdefault("external_id", f"booking {next(self.numbers)}")
        with self.app.app_context(), write_transaction() as session:
            booking = rows.add_booking(session, self.team_id, self.calendars[calendar], **booked)
            return rows.add_delivery(session, booking, state, **columns).id

    def happen(self, delivery_id: int, event: str, **columns: Any) -> None:
        """One line of history of the delivery's booking."""
        with self.app.app_context(), write_transaction() as session:
            booking_id = session.get_one(Delivery, delivery_id).booking_id
            usual = {"event": BookingEvent(event), "at": STARTS}
            session.add(BookingHistory(booking_id=booking_id, **usual | columns))

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
            deleted_at = STARTS if deleted else None
            return rows.add_question(session, self.calendars["owner"], label, deleted_at=deleted_at).id

    def map(self, *mapping: tuple[str, str, str, str]) -> None:
        """HubSpot for the owner's calendar: (section, property, its label, information)."""
        with self.app.app_context(), write_transaction() as session:
            ordered = ((section, name, information, label) for section, name, label, information in mapping)
            rows.add_mapping(session, self.calendars["owner"], *ordered)

    def connect(self, token: str = "", account: str = rows.ACCOUNT, ui_domain: str = "") -> None:
        with self.app.app_context(), write_transaction() as session:
            rows.add_connection(session, self.team_id, token, hubspot_account_id=account, ui_domain=ui_domain)

    def state_of(self, delivery_id: int) -> str:
        with self.app.app_context():
            return db.session.get_one(Delivery, delivery_id).state


def begin_log(app: Flask, slug: str) -> Log:
    """A team with an owner and a member, each with a calendar: ``owner@<slug>.example`` and ``member@…``."""
    both = ("owner", "member")
    made = world(
        app,
        team=slug,
        people=both,
        calendars={role: role for role in both},
        mapped=False,
        connected=None,
        person={"time_zone": "Asia/Tokyo"},
    )
    return Log(app, made.team_id, slug, dict(made.calendars), dict(made.sessions))
