"""What a person says about themselves, and leaving a team."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import Refused
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.people import profile, sessions
from hubsync.services.teams import leaving as team_leaving
from hubsync.services.teams import members
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry, Membership, Team
from tests.kit.members import join


@pytest.fixture
def team(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", "mika@acme.example", "premium")


@pytest.fixture
def kenji(app: Flask, team: Team) -> int:
    with app.app_context():
        return join(team.id, "kenji@acme.example", Role.MEMBER).id


def stored(person_id: int) -> tuple[str, str, str]:
    person = db.session.get_one(Person, person_id, populate_existing=True)
    end_read()
    return person.name, person.time_zone, person.language


def membership(team: Team, person_id: int) -> Membership:
    found = next(each for each in members.list_members(team.id) if each.person_id == person_id)
    end_read()
    return found


def test_what_is_saved_is_what_was_said(app: Flask, kenji: int) -> None:
    with app.app_context():
        person = profile.save_profile(kenji, "  Kenji   Watanabe ", "Asia/Tokyo", "ja")
        assert person.name == "Kenji Watanabe"
        assert stored(kenji) == ("Kenji Watanabe", "Asia/Tokyo", "ja")


@pytest.mark.parametrize(
    ("name", "zone", "language", "field"),
    [
        ("x" * 201, "UTC", "", "name"),
        ("", "Mars/Olympus", "", "time_zone"),
        ("", "../etc/passwd", "", "time_zone"),
        ("", "UTC", "x" * 17, "language"),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(
    app: Flask, kenji: int, name: str, zone: str, language: str, field: str
) -> None:
    with app.app_context():
        before = stored(kenji)
        with pytest.raises(Refused) as refused:
            profile.save_profile(kenji, name, zone, language)
        assert refused.value.field == field
        assert stored(kenji) == before


def test_a_member_leaves_and_the_calendars_go_to_the_owner(app: Flask, team: Team, kenji: int) -> None:
    with app.app_context():
        calendar_id = calendars.make_calendar(team.id, kenji, CalendarInput("Intro call", 30, "UTC")).id
        end_read()
        with write_transaction() as session:
            token = sessions.start_session(session, kenji)
        leaving = team_leaving.read_leaving(membership(team, kenji))
        assert (leaving.owner.email, leaving.calendars) == ("mika@acme.example", 1)
        team_leaving.leave_team(membership(team, kenji))
        assert [each.person.email for each in members.list_members(team.id)] == ["mika@acme.example"]
        assert db.session.get_one(Calendar, calendar_id).owner_id == leaving.owner.id
        assert sessions.find_signed_in(token) is None
        last = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert last is not None
        assert (last.action, last.person_id) == ("removed", kenji)


def test_the_owner_is_told_to_hand_over_first(app: Flask, team: Team) -> None:
    with app.app_context():
        (owner,) = members.list_members(team.id)
        end_read()
        with pytest.raises(Refused, match="Hand the team over first"):
            team_leaving.leave_team(owner)
        assert [each.role for each in members.list_members(team.id)] == ["owner"]
