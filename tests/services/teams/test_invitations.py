"""Invitations are good once, for seven days, for their address, and two presses make one member."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.errors import InvitationSpent, MailNotSent, NotFound, Refused, RoleTooLow
from hubsync.services.signin import invitation_claims
from hubsync.services.signin.mail_limits import Requester
from hubsync.services.teams import invitations, joining, members
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Team
from tests.kit.invitations import mailed_token, person_id, prove_and_join, roles
from tests.kit.mail_server import MailServer
from tests.kit.members import join

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@acme.example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    return person_id(app, MIKA)


def test_an_invitation_is_mailed_with_who_invites_to_which_team(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        invitation = invitations.invite(acme.id, " Kenji@Acme.example", Role.ADMINISTRATOR, by=mika)
        assert (invitation.email, invitation.role) == (KENJI, "administrator")
    (mail,) = smtp.mails
    assert mail["To"] == KENJI
    assert mail["Subject"] == f"{MIKA} invites you to Acme on HubSync"
    assert mail.get_content().startswith(f"{MIKA} invites you to the team Acme on HubSync.")
    assert len(mailed_token(smtp)) == 43


def test_who_has_a_name_invites_with_name_and_address(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        with write_transaction() as session:
            session.get_one(Person, mika).name = "Mika Sato"
        invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
    (mail,) = smtp.mails
    assert mail.get_content().startswith(f"Mika Sato ({MIKA}) invites you to the team Acme on HubSync.")


def test_of_the_link_only_a_hash_is_kept(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        row = db.session.scalars(select(Invitation)).one()
        kept = " ".join(str(getattr(row, column.key)) for column in Invitation.__table__.columns)
    assert mailed_token(smtp) not in kept


def test_a_link_is_dead_after_seven_days(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False) as clock:
        invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        token = mailed_token(smtp)
        clock.move_to(MONDAY + timedelta(days=7, seconds=-1))
        assert joining.read_invitation(token).email == KENJI
        end_read()
        clock.move_to(MONDAY + timedelta(days=7))
        for use in (
            joining.read_invitation,
            lambda dead: invitation_claims.ask(dead, None, Requester()),
            lambda dead: joining.join(dead, mika),
        ):
            with pytest.raises(InvitationSpent):
                use(token)
        assert roles(acme.id) == {MIKA: "owner"}
        end_read()
        invitations.invite(acme.id, KENJI, Role.ADMINISTRATOR, by=mika)  # one that expired is in nobody's way
        assert joining.read_invitation(mailed_token(smtp)).role == "administrator"
        assert db.session.query(Invitation).count() == 1


def test_sending_again_kills_the_link_that_was_sent_before(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False) as clock:
        invitation = invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        clock.move_to(MONDAY + timedelta(days=6))
        again = invitations.send_again(acme.id, invitation.id, by=mika)
        assert again.expires_at == MONDAY + timedelta(days=13)
        with pytest.raises(InvitationSpent):
            joining.read_invitation(mailed_token(smtp, 0))
        end_read()
        prove_and_join(smtp, mailed_token(smtp, 1))
        assert roles(acme.id)[KENJI] == "member"


def test_a_withdrawn_link_is_dead(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        invitation = invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        invitations.withdraw(acme.id, invitation.id, by=mika)
        with pytest.raises(InvitationSpent):
            prove_and_join(smtp, mailed_token(smtp))
        assert db.session.query(Person).filter_by(email=KENJI).count() == 0


def test_a_mail_that_cannot_leave_keeps_the_invitation(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    smtp.answer = "554 5.7.1 No"
    with app.app_context():
        with pytest.raises(MailNotSent):
            invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        (kept,) = invitations.list_invitations(acme.id)
        end_read()
        smtp.answer = "250 OK"
        invitations.send_again(acme.id, kept.id, by=mika)
        prove_and_join(smtp, mailed_token(smtp))


@pytest.mark.parametrize(
    "email", ["kenji", "", "kenji@", "a b@acme.example", "kenji@acme.example\nBcc: x@y.example"]
)
def test_an_address_that_is_none_is_not_invited(
    app: Flask, acme: Team, mika: int, smtp: MailServer, email: str
) -> None:
    with app.app_context(), pytest.raises(Refused) as caught:
        invitations.invite(acme.id, email, Role.MEMBER, by=mika)
    assert caught.value.field == "email"
    assert smtp.mails == []


def test_who_is_in_the_team_or_invited_already_is_not_invited(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        for email, why in ((MIKA, "in the team already"), (KENJI, "invited already")):
            with pytest.raises(Refused, match=why):
                invitations.invite(acme.id, email, Role.MEMBER, by=mika)
        with pytest.raises(Refused, match="exactly one owner"):
            invitations.invite(acme.id, AIKO, Role.OWNER, by=mika)
    assert len(smtp.mails) == 1


def test_a_member_invites_nobody_whatever_the_page_believed(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        kenji = join(acme.id, KENJI, Role.MEMBER).id
        invitation = invitations.invite(acme.id, AIKO, Role.MEMBER, by=mika)
        for act in (
            lambda: invitations.invite(acme.id, "new@acme.example", Role.MEMBER, by=kenji),
            lambda: invitations.send_again(acme.id, invitation.id, by=kenji),
            lambda: invitations.withdraw(acme.id, invitation.id, by=kenji),
        ):
            with pytest.raises(RoleTooLow):
                act()
    assert len(smtp.mails) == 1


def test_another_teams_invitation_is_not_found(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        other = members.create_team("Other", AIKO, "premium")
        foreign = invitations.invite(other.id, KENJI, Role.MEMBER, by=person_id(app, AIKO))
        for act in (invitations.send_again, invitations.withdraw):
            with pytest.raises(NotFound):
                act(acme.id, foreign.id, by=mika)
        assert len(invitations.list_invitations(other.id)) == 1
