"""A calendar with a booking page, and a guest who fills it in without JavaScript and without cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hubsync.domain.questions import Kind
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.free_times import open_always
from tests.kit.page import Element
from tests.kit.tab import Tab
from tests.kit.world import world

ADDRESS = "/book/acme-intro"


@dataclass
class Guest:
    """Somebody with the link; *names* are the questions' fields by label, forms are *opened_for* that time."""

    app: Flask
    browser: Browser
    calendar_id: int
    names: dict[str, str] = field(default_factory=dict)
    opened_for: str = ""

    @property
    def tab(self) -> Tab:
        """A tab of the guest's browser."""
        return Tab(self.browser)

    def ask(self, label: str, kind: Kind, **more: Any) -> None:
        """Put one more question on the page."""
        with self.app.app_context(), write_transaction() as session:
            position = 10 + len(self.names)
            row = rows.add_question(session, self.calendar_id, label, kind.value, position=position, **more)
            self.names[label] = f"question-{row.id}"

    def change(self, **columns: Any) -> None:
        """Change the calendar."""
        with self.app.app_context(), write_transaction() as session:
            calendar = session.get_one(Calendar, self.calendar_id)
            for name, value in columns.items():
                setattr(calendar, name, value)

    def get(self, address: str) -> TestResponse:
        return self.browser.get(address)

    def post(self, form: dict[str, Any], address: str = ADDRESS) -> TestResponse:
        return self.browser.send(address, form)

    def open(self, query: str = "") -> Element:
        """The form, for a time that is free."""
        chosen = {"start": self.opened_for or self.start(time="05:00"), "time_zone": "Asia/Tokyo"}
        return self.browser.open(f"{ADDRESS}?{urlencode(chosen)}{query.replace('?', '&')}")

    def open_times(self, query: str = "") -> Element:
        """The free times."""
        return self.browser.open(ADDRESS + query)

    def start(self, date: str = "", time: str = "10:30", time_zone: str = "Asia/Tokyo") -> str:
        """The value that chooses a time, by the guest's clock; in three days unless a *date* is named."""
        day = date or (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(time_zone)).isoformat()

    def token(self, query: str = "") -> str:
        return token_of(self.open(query))

    def filled(self, token: str | None = None, **changed: Any) -> dict[str, Any]:
        """A form in order, with *changed* fields; questions are named by their labels with _ for spaces."""
        zone = changed.get("time_zone", "Asia/Tokyo")
        chosen = {name: changed.pop(name) for name in ("date", "time") if name in changed}
        fields = {
            "form_token": self.token() if token is None else token,
            "homepage": "",
            "start": self.start(**chosen, time_zone=zone if zone in available_timezones() else "Asia/Tokyo"),
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
            email = self.names["Email"].replace("-", ":")
            rows.add_mapping(session, self.calendar_id, ("contacts", "email", email, "Email"))
            rows.add_connection(session, session.get_one(Calendar, self.calendar_id).team_id, "pat-na1-x")

    def bookings(self) -> list[BookingRecord]:
        with self.app.app_context():
            found = db.session.query(BookingRecord).order_by(BookingRecord.id).all()
            end_read()
            return found

    def answer(self, label: str) -> Any:
        """What was kept of the only booking's answer to the question *label*."""
        (booking,) = self.bookings()
        return booking.answers[self.names[label].removeprefix("question-")]


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
    calendar_id = world(app, mapped=False, connected=None, person={"name": "Mika Mori"}).calendars["intro"]
    with app.app_context():
        asked = db.session.query(QuestionRow).filter_by(calendar_id=calendar_id)
        names = {row.label: f"question-{row.id}" for row in asked}
        open_always(calendar_id)
    return Guest(app, Browser(app, cookies=False), calendar_id, names)
