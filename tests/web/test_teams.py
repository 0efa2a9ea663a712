from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services import teams
from hubsync.store import rest
from hubsync.store.teams import Team
from tests.web.visitor import Visitor, found, words

SETTINGS = "/teams/acme/settings"
KENJI = "kenji@acme.example"


def roles(app: Flask, team: Team) -> dict[str, str]:
    with app.app_context():
        members = {member.person.email: member.role for member in teams.list_members(team.id)}
        rest()
        return members


def test_the_name_is_changed_and_the_address_stays(owner: Visitor) -> None:
    assert owner.post(f"{SETTINGS}/name", page=SETTINGS, name=" Acme Trading ").headers["Location"] == SETTINGS
    page = owner.open(SETTINGS)
    assert "The team has a new name." in words(page)
    assert page.select_one("#name")["value"] == "Acme Trading"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_that_will_not_do_comes_back_as_typed(owner: Visitor, name: str) -> None:
    answer = owner.post(f"{SETTINGS}/name", page=SETTINGS, name=name)
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert f'value="{name}"' in answer.text
    assert "Acme" in words(owner.open(SETTINGS).select_one(".team-name"))


def test_the_owner_changes_the_plan(owner: Visitor) -> None:
    owner.post(f"{SETTINGS}/plan", page=SETTINGS, plan="free")
    page = owner.open(SETTINGS)
    assert "on the plan Free now" in words(page)
    assert page.select_one("#plan option[selected]")["value"] == "free"


def test_a_plan_there_is_not_is_refused(owner: Visitor) -> None:
    assert owner.post(f"{SETTINGS}/plan", page=SETTINGS, plan="golden").status_code == 422


def test_an_administrator_sees_the_plan_but_cannot_change_it(app: Flask, team: Team) -> None:
    with app.app_context():
        teams.add_member(team.id, KENJI, Role.ADMINISTRATOR)
    admin = Visitor(app).sign_in(KENJI)
    page = admin.open(SETTINGS)
    assert page.select_one("#plan") is None
    assert "The owner can change it" in words(page)
    assert admin.post(f"{SETTINGS}/plan", page=SETTINGS, plan="free").status_code == 403


def test_a_member_is_added_and_can_sign_in(app: Flask, team: Team, owner: Visitor) -> None:
    owner.post(f"{SETTINGS}/members", page=SETTINGS, email=KENJI, role="member")
    assert KENJI in words(owner.open(SETTINGS))
    kenji = Visitor(app).sign_in(KENJI)
    assert kenji.get("/").headers["Location"] == "/teams/acme/calendars"


@pytest.mark.parametrize(
    ("email", "role"),
    [("nonsense", "member"), ("", "member"), ("owner@acme.example", "member"), ("x@acme.example", "owner")],
)
def test_a_member_who_cannot_be_added_comes_back_at_the_field(
    app: Flask, team: Team, owner: Visitor, email: str, role: str
) -> None:
    answer = owner.post(f"{SETTINGS}/members", page=SETTINGS, email=email, role=role)
    assert answer.status_code == 422
    assert "Please correct this" in words(answer)
    assert f'value="{email}"' in answer.text
    assert roles(app, team) == {"owner@acme.example": "owner"}


def test_a_role_is_changed(app: Flask, team: Team, owner: Visitor) -> None:
    with app.app_context():
        kenji = teams.add_member(team.id, KENJI, Role.MEMBER)
    owner.post(f"{SETTINGS}/members/{kenji.id}/role", page=SETTINGS, role="administrator")
    assert roles(app, team)[KENJI] == "administrator"


@pytest.mark.parametrize("role", ["owner", "emperor", ""])
def test_a_role_that_cannot_be_given_is_refused(app: Flask, team: Team, owner: Visitor, role: str) -> None:
    with app.app_context():
        kenji = teams.add_member(team.id, KENJI, Role.MEMBER)
    assert owner.post(f"{SETTINGS}/members/{kenji.id}/role", page=SETTINGS, role=role).status_code == 400
    assert roles(app, team)[KENJI] == "member"


def test_the_owner_cannot_be_demoted_or_removed(app: Flask, team: Team, owner: Visitor) -> None:
    with app.app_context():
        mika = teams.list_members(team.id)[0].person_id
        rest()
    for end in ("role", "remove"):
        answer = owner.post(f"{SETTINGS}/members/{mika}/{end}", page=SETTINGS, role="member")
        assert answer.status_code == 400
        assert "The owner stays the owner" in words(answer)
    assert roles(app, team) == {"owner@acme.example": "owner"}


def test_removing_asks_first(app: Flask, team: Team, owner: Visitor) -> None:
    with app.app_context():
        kenji = teams.add_member(team.id, KENJI, Role.MEMBER)
    question = f"{SETTINGS}/members/{kenji.id}/remove"
    assert f"Remove {KENJI}?" in words(owner.open(question))
    assert KENJI in roles(app, team)
    owner.post(question, page=question)
    assert KENJI not in roles(app, team)


def test_another_teams_member_is_not_found(app: Flask, team: Team, owner: Visitor) -> None:
    other = found(app, "Other", "owner@other.example")
    with app.app_context():
        stranger = teams.add_member(other.id, KENJI, Role.MEMBER)
    for end in ("role", "remove"):
        answer = owner.post(f"{SETTINGS}/members/{stranger.id}/{end}", page=SETTINGS, role="member")
        assert answer.status_code == 404
    assert roles(app, other)[KENJI] == "member"


def test_a_name_with_markup_stays_text(owner: Visitor) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}}"
    owner.post(f"{SETTINGS}/name", page=SETTINGS, name=hostile)
    page = owner.open(SETTINGS)
    assert page.select("script:not([src])") == []
    assert page.select_one("#name")["value"] == hostile
