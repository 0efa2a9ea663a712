"""Ways to try a mapping out in tests: from the editor on, and what the tables of its pages say."""

from __future__ import annotations

import requests
from werkzeug.test import TestResponse

from hubsync.services import now
from hubsync.store import db
from hubsync.store.calendars import Calendar
from tests.kit.connected_team import ConnectedTeam
from tests.kit.forms import filled
from tests.kit.page import Element, words
from tests.kit.page_bookings import complete_page_booking


def from_editor(connected_team: ConnectedTeam, way: str, **changed: str | None) -> TestResponse:
    """Open the editor, change fields, press the button that leads to *way*."""
    form = [pair for pair in filled(connected_team.owner.open(connected_team.editor)) if pair[0] not in changed]
    form += [(name, value) for name, value in changed.items() if value is not None]
    return connected_team.owner.send(f"{connected_team.editor}/{way}", form)


def values(shown: Element) -> dict[str, list[str]]:
    """The cells of every row of the tables of values, by property."""
    rows = [[words(cell) for cell in row.select("td")] for row in shown.select("table.values tbody tr")]
    return {row[0]: row[1:] for row in rows}


def outcomes(shown: Element) -> dict[str, str]:
    return {
        words(row.select_one("th")): words(row.select_one(".badge-state"))  # type: ignore[arg-type]
        for row in shown.select("table.parts tbody tr")
    }


def records(connected_team: ConnectedTeam, what: str) -> list[dict[str, str]]:
    url = f"{connected_team.sandbox.url}/sandbox/api/records/{what}"
    return [each["properties"] for each in requests.get(url, timeout=60).json()["results"]]


def book(connected_team: ConnectedTeam, **answers: str) -> None:
    with connected_team.app.app_context():
        calendar = db.session.get_one(Calendar, connected_team.calendar_id)
        given = {question.id: answers.get(question.label.split()[0].lower()) for question in calendar.asked()}
        complete_page_booking(calendar, given, starts_at=now(), url_params={"utm_source": "letter"})
        db.session.remove()


def button(shown: Element, label: str) -> dict[str, str]:
    found = next(each for each in shown.select("main button") if label in words(each))
    return {name: str(found[name]) for name in ("name", "value", "formaction") if found.has_attr(name)}
