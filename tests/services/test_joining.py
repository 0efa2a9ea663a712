"""Joining a team by an invitation: by the link, signed in or not, or by the offer for one's own address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import InvitationSpent, NotFound, Refused
from hubsync.services import inviting, sessions, teams
from hubsync.store import db, rest, writing
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.mailing import MailServer
from tests.services.invited import mailed_token, person_id, roles

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@acme.example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return teams.found_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    return person_id(app, MIKA)


def test_somebody_signed_in_joins_by_the_link_once(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        teams.found_team("Other", AIKO, "premium")
        inviting.invite(acme.id, KENJI, Role.ADMINISTRATOR, by=mika)
        token, aiko = mailed_token(smtp), person_id(app, AIKO)
        assert inviting.join(token, aiko).slug == "acme"
        assert roles(acme.id) == {MIKA: "owner", AIKO: "administrator"}
        with pytest.raises(InvitationSpent):
            inviting.join(token, aiko)
        with pytest.raises(InvitationSpent):
            inviting.look_at(token)


def test_somebody_new_is_made_and_signed_in(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        session_token, team = inviting.join_signed_out(mailed_token(smtp), "Asia/Tokyo")
        assert team.id == acme.id
        kenji = sessions.find_signed_in(session_token)
        assert kenji is not None
        assert (kenji.email, kenji.time_zone) == (KENJI, "Asia/Tokyo")
        assert roles(acme.id) == {MIKA: "owner", KENJI: "member"}


def test_the_invited_person_is_made_without_using_the_invitation_up(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        token = mailed_token(smtp)
        with writing() as session:
            made = inviting.invited_newcomer(session, token)
            assert made is not None
            assert made.email == KENJI
        assert inviting.look_at(token).email == KENJI
        assert roles(acme.id) == {MIKA: "owner"}


def test_the_link_opens_nobodys_account(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        teams.found_team("Other", KENJI, "premium")
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        token = mailed_token(smtp)
        with writing() as session:
            assert inviting.invited_newcomer(session, token) is None
        with pytest.raises(Refused):
            inviting.join_signed_out(token)
        assert roles(acme.id) == {MIKA: "owner"}
        assert inviting.join(token, person_id(app, KENJI)).slug == "acme"


def test_who_is_in_the_team_keeps_the_role_and_leaves_the_invitation_to_whom_it_was_meant(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        assert inviting.join(mailed_token(smtp), mika).id == acme.id
        assert roles(acme.id) == {MIKA: "owner"}
        rest()
        inviting.join_signed_out(mailed_token(smtp))
        assert roles(acme.id) == {MIKA: "owner", KENJI: "member"}


def test_offers_are_the_open_invitations_for_ones_own_address(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False) as clock:
        teams.found_team("Other", KENJI, "premium")
        invitation = inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        kenji, aiko = (
            teams.found_team("More", email, "free") and person_id(app, email) for email in (KENJI, AIKO)
        )
        person, stranger = (db.session.get_one(Person, each) for each in (kenji, aiko))
        assert [offer.team.name for offer in inviting.list_offers(person)] == ["Acme"]
        assert inviting.list_offers(stranger) == []
        with pytest.raises(NotFound):
            inviting.look_at_offer(stranger, invitation.id)
        rest()
        with pytest.raises(InvitationSpent):
            inviting.join_by_offer(stranger, invitation.id)
        inviting.join_by_offer(person, invitation.id)
        assert inviting.list_offers(person) == []
        assert roles(acme.id)[KENJI] == "member"
        late = inviting.invite(acme.id, AIKO, Role.MEMBER, by=mika)
        clock.move_to(MONDAY + timedelta(days=8))
        assert inviting.list_offers(stranger) == []
        with pytest.raises(NotFound):
            inviting.look_at_offer(stranger, late.id)


class TestWithoutSigninLinks:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SIGNIN_LINKS": "off"}

    def test_the_mailed_link_signs_nobody_in(self, app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
        with app.app_context():
            inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
            with pytest.raises(Refused):
                inviting.join_signed_out(mailed_token(smtp))
            assert roles(acme.id) == {MIKA: "owner"}
