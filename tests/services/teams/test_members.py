from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import NotFound, Refused, RoleTooLow
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.teams import members
from hubsync.store import db, end_read
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.members import join

MIKA, KENJI = "mika@acme.example", "kenji@acme.example"


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", MIKA, "premium")


def roles(team: Team) -> dict[str, str]:
    found = {member.person.email: member.role for member in members.list_members(team.id)}
    end_read()
    return found


def test_founding_makes_the_team_and_its_owner(app: Flask) -> None:
    with app.app_context():
        team = members.create_team("  Acme   Inc. ", " Ｍｉｋａ＠Acme.Example", "basic")
        assert (team.name, team.slug, team.plan) == ("Acme Inc.", "acme-inc", "basic")
        assert roles(team) == {MIKA: "owner"}


def test_a_second_team_with_the_same_name_gets_another_address(app: Flask) -> None:
    with app.app_context():
        slugs = [members.create_team("Acme", MIKA, "premium").slug for _ in range(3)]
        assert slugs == ["acme", "acme-2", "acme-3"]
        assert db.session.query(Person).count() == 1


def test_a_name_without_latin_letters_still_gets_an_address(app: Flask) -> None:
    with app.app_context():
        first, second = (members.create_team("株式会社テスト", MIKA, "premium") for _ in range(2))
        assert first.slug.startswith("team-")
        assert first.slug != second.slug


@pytest.mark.parametrize(
    ("name", "owner", "field"),
    [("  ", MIKA, "name"), ("x" * 201, MIKA, "name"), ("Acme", "mika", "owner"), ("Acme", "", "owner")],
)
def test_a_bad_name_or_address_founds_nothing(app: Flask, name: str, owner: str, field: str) -> None:
    with app.app_context():
        with pytest.raises(Refused) as caught:
            members.create_team(name, owner, "premium")
        assert caught.value.field == field
        assert db.session.query(Team).count() == 0


def test_a_team_keeps_exactly_one_owner(app: Flask, acme: Team) -> None:
    with app.app_context():
        kenji = join(acme.id, KENJI, Role.ADMINISTRATOR)
        mika = next(member.person_id for member in members.list_members(acme.id) if member.role == "owner")
        end_read()
        for attempt in (
            lambda: members.change_role(acme.id, kenji.id, Role.OWNER),
            lambda: members.change_role(acme.id, mika, Role.MEMBER),
            lambda: members.remove_member(acme.id, mika),
        ):
            with pytest.raises(Refused):
                attempt()
        assert roles(acme) == {MIKA: "owner", KENJI: "administrator"}


def test_a_removed_members_calendars_go_to_the_owner(app: Flask, acme: Team) -> None:
    with app.app_context():
        kenji = join(acme.id, KENJI, Role.MEMBER)
        calendar = calendars.make_calendar(acme.id, kenji.id, CalendarInput("Intro", 30, "UTC"))
        members.remove_member(acme.id, kenji.id)
        assert db.session.get_one(Calendar, calendar.id, populate_existing=True).owner.email == MIKA
        assert roles(acme) == {MIKA: "owner"}
        with pytest.raises(NotFound):
            members.find_membership(kenji.id, "acme")


def test_another_teams_members_are_not_found(app: Flask, acme: Team) -> None:
    with app.app_context():
        other = members.create_team("Other", "other@other.example", "premium")
        stranger = join(other.id, KENJI, Role.MEMBER)
        with pytest.raises(NotFound):
            members.change_role(acme.id, stranger.id, Role.ADMINISTRATOR)
        with pytest.raises(NotFound):
            members.remove_member(acme.id, stranger.id)
        assert roles(other)[KENJI] == "member"


def test_only_the_owner_changes_the_plan(app: Flask, acme: Team) -> None:
    with app.app_context():
        with pytest.raises(RoleTooLow):
            members.change_plan(acme.id, Role.ADMINISTRATOR, "free")
        with pytest.raises(Refused):
            members.change_plan(acme.id, Role.OWNER, "golden")
        members.change_plan(acme.id, Role.OWNER, "free")
        assert db.session.get_one(Team, acme.id, populate_existing=True).plan == "free"
