"""Deleting a team by the page: it says what goes, asks for the name, and lands somewhere sensible."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.teams import members
from hubsync.store import db, end_read
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import OWNER
from tests.kit.world import create_team

SETTINGS = "/teams/acme/settings"
DELETE = f"{SETTINGS}/delete"


def test_the_page_says_what_goes(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        join(team.id, "kenji@acme.example", Role.MEMBER)
        mika = next(member.person_id for member in members.list_members(team.id) if member.role == "owner")
        end_read()
        for name in ("Intro call", "Demo"):
            calendars.make_calendar(team.id, mika, CalendarInput(name, 30, "Asia/Tokyo"))
    page = words(owner.open(DELETE))
    assert "2 calendars go" in page
    assert "You and 1 other person lose access" in page
    assert "This cannot be undone" in page


@pytest.mark.parametrize("typed", ["", "acme", "Acme 2"])
def test_without_the_name_nothing_is_deleted(app: Flask, team: Team, owner: Browser, typed: str) -> None:
    answer = owner.post(DELETE, page=DELETE, typed_name=typed)
    assert answer.status_code == 422
    assert 'href="#typed_name"' in answer.text
    assert f'value="{typed}"' in answer.text
    owner.open(SETTINGS)


def test_the_owner_lands_in_the_next_team(app: Flask, team: Team, owner: Browser) -> None:
    create_team(app, "Second")
    assert owner.post(DELETE, page=DELETE, typed_name=" Acme ").headers["Location"] == "/"
    assert owner.get("/").headers["Location"] == "/teams/second/calendars"
    assert "The team Acme is deleted." in words(owner.open("/teams/second/calendars"))
    for gone in (SETTINGS, "/teams/acme/calendars"):
        assert owner.get(gone).status_code == 404


def test_the_owner_of_no_other_team_reads_so(app: Flask, team: Team, owner: Browser) -> None:
    owner.post(DELETE, page=DELETE, typed_name="Acme")
    page = words(owner.open("/"))
    assert "The team Acme is deleted." in page
    assert "You do not belong to a team" in page
    with app.app_context():
        assert db.session.query(Team).count() == 0


def test_the_address_of_a_deleted_team_is_free_and_opens_nothing_of_it(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context():
        join(team.id, "kenji@acme.example", Role.ADMINISTRATOR)
    kenji = Browser(app).sign_in("kenji@acme.example")
    owner.post(DELETE, page=DELETE, typed_name="Acme")
    assert create_team(app, "Acme", "new@other.example").slug == "acme"
    assert kenji.get("/teams/acme/calendars").status_code == 404
    assert owner.get("/teams/acme/calendars").status_code == 404


def test_a_second_press_finds_the_team_gone(app: Flask, team: Team, owner: Browser) -> None:
    token = owner.token(DELETE)
    codes = [
        owner.client.post(
            DELETE, base_url="http://localhost:8000", data={"csrf_token": token, "typed_name": "Acme"}
        ).status_code
        for _ in range(2)
    ]
    assert codes == [302, 404]
    assert OWNER in words(owner.open("/"))
