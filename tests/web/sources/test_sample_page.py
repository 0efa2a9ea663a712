"""A sample that is sent through: what would become of it, and that nothing of it is kept or posted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import encode_multipart

from hubsync.domain.received import Result
from hubsync.services.sources import endpoints
from hubsync.services.sources.dry_run import try_body
from hubsync.sources.registry import SOURCES, read_sample
from hubsync.sources.source import Source
from hubsync.store import Base, db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.mapping_trials import records
from tests.kit.page import Element, read_page, words
from tests.kit.rows import add_usual_mapping
from tests.kit.source_samples import EACH_REGISTERED
from tests.kit.tab import Tab

__all__ = ["connected_team"]

INTEGRATIONS = "/teams/acme/settings/integrations"
SAMPLE = f"{INTEGRATIONS}/signed-json/sample"
BUTTON = "See what would become of it"


def booking(**more: Any) -> dict[str, Any]:
    return {
        "id": "b-1",
        "event": "booking.completed",
        "calendar": {"id": "c-1", "name": "Intro"},
        "guest": {"name": "Sato Mika", "email": "mika@acme.co.jp"},
        "start": "2030-01-15T10:00:00+09:00",
        **more,
    }


def paste(owner: Browser, body: str, address: str = SAMPLE) -> tuple[int, Element]:
    tab = Tab(owner).open(address).press(BUTTON, body=body)
    return tab.status, tab.page


def counted(app: Flask) -> dict[str, int]:
    """How many rows each table has, but for what a sign-in leaves."""
    with app.app_context():
        counts = {name: db.session.query(table).count() for name, table in Base.metadata.tables.items()}
        end_read()
        return counts


@pytest.mark.parametrize("source", EACH_REGISTERED, ids=lambda each: each.name)
def test_a_sources_own_sample_goes_all_the_way_and_leaves_nothing(
    app: Flask, team: Team, owner: Browser, source: Source
) -> None:
    page = f"{INTEGRATIONS}/{source.name.replace('_', '-')}"
    if source.takes_several:
        Tab(owner).open(page).press("Add", sends="preset=typeform" if source.configure else "")
        page = f"{page}/1"
    before = counted(app)
    shown = owner.open(f"{page}/sample")
    assert "It would come in as a new booking." in words(shown.select_one("#outcome").parent)
    assert len(shown.select("dl.told dt")) > 2
    assert "The calendar would be new here" in words(shown)
    assert counted(app) == before


@pytest.mark.parametrize("preset", [each.name for each in SOURCES["signed_webhook"].teachable.presets])
def test_every_preset_has_a_sample_of_its_own(app: Flask, team: Team, preset: str) -> None:
    source = endpoints.configured(SOURCES["signed_webhook"], {"preset": preset})
    sample = read_sample(source, preset)
    assert sample is not None
    with app.app_context():
        assert try_body(team.id, source, 1, sample).result is Result.BOOKED


def test_a_calendar_that_is_mapped_shows_what_hubspot_would_get(connected_team: ConnectedTeam) -> None:
    with connected_team.app.app_context(), write_transaction() as session:
        calendar = session.get_one(Calendar, connected_team.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "c-1"
        add_usual_mapping(session, calendar.id)
    before = counted(connected_team.app)
    status, page = paste(connected_team.owner, json.dumps(booking(answers=[{"label": "Budget", "value": 12}])))
    assert status == 200, words(page)
    assert "Budget (new question) 12" in words(page.select_one("dl.told"))
    assert "Contact would be registered" in words(page.select_one("table.parts"))
    assert "mika@acme.co.jp" in words(page.select_one("table.values"))
    assert counted(connected_team.app) == before
    assert (records(connected_team, "companies"), records(connected_team, "contacts")) == ([], [])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "Paste what your booking tool sent."),
        ("no json", "body is not JSON"),
        ("payload=%7B%7D&event=x", "This is a form (name=value), not JSON."),
        (json.dumps(booking(start="tomorrow")), "start"),
        (json.dumps(booking(calendar=3)), "calendar"),
        ('{"id": ' * 50 + "1" + "}" * 50, "It cannot be read:"),
        ("[" * 100_000, "body is nested too deeply"),
        (json.dumps(booking(filler="x" * 1_048_576)), "is larger than 1 MB"),
    ],
    ids=["nothing", "text", "form", "time", "calendar", "deep", "too deep", "large"],
)
@pytest.mark.quick_cases(4)
def test_what_cannot_be_read_is_said_at_the_field(owner: Browser, body: str, told: str) -> None:
    status, page = paste(owner, body)
    assert (status, page.select_one("#outcome")) == (422, None)
    assert told in words(page.select_one("#body-error"))


def test_a_large_body_comes_as_a_browser_sends_the_form(owner: Browser) -> None:
    fields = {"csrf_token": owner.token(SAMPLE), "body": json.dumps(booking(filler="x" * 900_000))}
    boundary, sent = encode_multipart(fields)  # in memory: the client's own way leaves a file open
    answer = owner.send(SAMPLE, sent, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 200
    assert read_page(answer).select_one("#outcome") is not None


def test_five_thousand_keys_are_read_and_the_first_ones_shown(app: Flask, owner: Browser) -> None:
    before = counted(app)
    answers = [{"label": f"Question {number}", "value": str(number)} for number in range(5_000)]
    status, page = paste(owner, json.dumps(booking(answers=answers)))
    assert status == 200
    assert len(page.select("dl.told dt")) == 100
    assert "more are not shown." in words(page)
    assert counted(app) == before


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"event": "booking.paid"}, "It would be answered and left alone."),
        ({"id": "b-9", "event": "booking.cancelled"}, "a change of a booking that never came here"),
    ],
)
def test_what_is_no_booking_says_so(owner: Browser, body: dict[str, Any], told: str) -> None:
    status, page = paste(owner, json.dumps(body))
    assert status == 200
    assert told in words(page.select_one("#outcome").parent)
