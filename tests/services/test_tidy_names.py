"""Every way by which a name comes in: it is kept without signs that turn the text around it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.names import TURNING
from hubsync.domain.plans import Plan
from hubsync.domain.questions import Kind
from hubsync.errors import Refused
from hubsync.services.bookings.completion import complete
from hubsync.services.calendars.calendars import CalendarInput, change_calendar, make_calendar
from hubsync.services.calendars.questions import QuestionInput, add_question, change_question
from hubsync.services.people.profile import save_profile
from hubsync.services.sources.endpoint_setup import make_endpoint, set_up
from hubsync.services.teams.members import create_team, rename_team
from hubsync.services.teams.public_details import save_public_details
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.people import Person
from tests.kit.source_bookings import source_booking

NAMES = {"name", "label", "responsible_name"}
TURNED = "Sales\u202e\u2066 team\r\n\x07"


def kept_names() -> dict[str, set[str]]:
    """Every name in the database, by its column; what guests answered is not ours to change."""
    found = {}
    for table in inspect(db.engine).get_table_names():
        for column in {each["name"] for each in inspect(db.engine).get_columns(table)} & NAMES:
            rows = db.session.execute(text(f'SELECT "{column}" FROM "{table}"')).scalars()
            found[f"{table}.{column}"] = {each for each in rows if each}
    return found


def test_no_name_is_kept_with_signs_that_turn_its_neighbours_around(app: Flask) -> None:
    with app.app_context():
        team_id = create_team(f"1 {TURNED}", "owner@acme.example", Plan.PREMIUM).id
        rename_team(team_id, f"2 {TURNED}")
        save_public_details(team_id, TURNED, "")
        owner = db.session.query(Person.id).scalar()
        end_read()
        save_profile(owner, TURNED, "UTC", "")
        described = CalendarInput(f"1 {TURNED}", 30, "UTC")
        calendar_id = make_calendar(team_id, owner, described).id
        change_calendar(calendar_id, replace(described, name=f"2 {TURNED}"))
        question_id = add_question(calendar_id, QuestionInput(f"1 {TURNED}", Kind.TEXT, required=False))
        change_question(calendar_id, question_id, QuestionInput(f"2 {TURNED}", Kind.TEXT, required=False))
        make_endpoint(team_id, "signed_json")
        set_up(team_id, "signed_json", name=TURNED)
        complete(team_id, replace(source_booking(), calendar_name=TURNED, answers=(GivenAnswer(TURNED, "10"),)))
        kept = kept_names()
        assert kept["teams.name"] == {"2 Sales team"}
        assert kept["calendars.name"] == {"2 Sales team", "Sales team"}
        assert {"2 Sales team", "Sales team"} <= kept["questions.label"]
        assert kept["intake_endpoints.name"] == kept["people.name"] == {"Sales team"}
        assert [each for names in kept.values() for each in names if TURNING & set(each)] == []


def test_a_source_goes_on_to_know_its_question_whatever_signs_its_label_has(app: Flask) -> None:
    with app.app_context():
        team_id = create_team("Acme", "owner@acme.example", Plan.PREMIUM).id
        for number in ("b1", "b2"):
            complete(team_id, source_booking(number, (GivenAnswer("\u200fתקציב\u200f", "10"),)))
        asked = [row for row in db.session.query(QuestionRow) if row.label == "תקציב"]
        assert len(asked) == 1
        assert [each.answer_to(asked[0].id) for each in db.session.query(BookingRecord)] == ["10", "10"]


@pytest.mark.parametrize("name", ["\u202e", "\u200e\u2069 "])
def test_a_name_of_such_signs_alone_is_none(app: Flask, name: str) -> None:
    with app.app_context(), pytest.raises(Refused, match="needs a name"):
        create_team(name, "owner@acme.example", Plan.PREMIUM)
