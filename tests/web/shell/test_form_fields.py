"""What is sent to the fields of a form: texts, whatever else comes."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from hubsync.store import db, write_transaction
from hubsync.store.calendars import QuestionRow
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.databases import BOTH
from tests.kit.forms import form_token
from tests.kit.page import words
from tests.kit.rows import add_calendar
from tests.kit.settings import BASE_URL

ADD = "/account/busy-calendars/add"


def test_a_file_in_the_place_of_a_text_is_as_nothing(owner: Browser) -> None:
    sent = {"csrf_token": form_token(owner.get(ADD).text), "feed": (BytesIO(b"https://a.example"), "name.txt")}
    answer = owner.client.post(ADD, base_url=BASE_URL, data=sent)
    assert answer.status_code == 422, words(answer)


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_nul_in_a_field_is_dropped(owner: Browser, app: Flask, team: Team) -> None:
    with app.app_context(), write_transaction() as session:
        person_id = session.scalars(select(Person.id)).one()
        add_calendar(session, team.id, person_id, "intro")
    with app.test_request_context(base_url=BASE_URL):
        where = url_for("advanced.add_question", team_slug="acme", calendar_id=1)
    sent = {
        "csrf_token": form_token(owner.get(where).text),
        "label": "Budget",
        "kind": "text",
        "supplement": "a\x00b",
    }
    answer = owner.client.post(where, base_url=BASE_URL, data=sent)
    assert answer.status_code == 302, words(answer)
    with app.app_context():
        assert "ab" in db.session.scalars(select(QuestionRow.supplement)).all()
