"""Invitations are good once, for seven days, for whoever holds the link, and two presses make one member."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.errors import HubSyncError, InvitationSpent, MailNotSent, NotFound, Refused, RoleTooLow
from hubsync.services import inviting, sessions, teams
from hubsync.store import db, rest, writing
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Membership, Team
from tests.mailing import MailServer

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@acme.example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return teams.found_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    return person_id(app, MIKA)


def person_id(app: Flask, email: str) -> int:
    with app.app_context():
        found = db.session.scalars(select(Person.id).where(Person.email == email)).one()
        rest()
        return found


def roles(team_id: int) -> dict[str, str]:
    found = {member.person.email: member.role for member in teams.list_members(team_id)}
    rest()
    return found


def mailed_token(smtp: MailServer, number: int = -1) -> str:
    text = smtp.mails[number].get_content()
    found = re.search(r"http://localhost:8000/invitations/([\w-]{43})\s", text)
    assert found, text
    return found[1]


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """What came of each act when all began at the same moment: what it returned, or the error."""
    together, results = threading.Barrier(len(acts)), [None] * len(acts)

    def work(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                results[number] = acts[number]()  # type: ignore[call-overload]
            except HubSyncError as fault:
                results[number] = fault  # type: ignore[call-overload]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


def test_an_invitation_is_mailed_with_who_invites_to_which_team(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        invitation = inviting.invite(acme.id, " Kenji@Acme.example", Role.ADMINISTRATOR, by=mika)
        assert (invitation.email, invitation.role) == (KENJI, "administrator")
    (mail,) = smtp.mails
    assert mail["To"] == KENJI
    assert mail["Subject"] == f"{MIKA} invites you to Acme on HubSync"
    assert "Acme" in mail.get_content()
    assert len(mailed_token(smtp)) == 43


def test_of_the_link_only_a_hash_is_kept(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        row = db.session.scalars(select(Invitation)).one()
        kept = " ".join(str(getattr(row, column.key)) for column in Invitation.__table__.columns)
    assert mailed_token(smtp) not in kept


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


def test_a_link_is_dead_after_seven_days(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False) as clock:
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        token = mailed_token(smtp)
        clock.move_to(MONDAY + timedelta(days=7, seconds=-1))
        assert inviting.look_at(token).email == KENJI
        rest()
        clock.move_to(MONDAY + timedelta(days=7))
        for use in (inviting.look_at, inviting.join_signed_out, lambda dead: inviting.join(dead, mika)):
            with pytest.raises(InvitationSpent):
                use(token)
        assert roles(acme.id) == {MIKA: "owner"}
        rest()
        inviting.invite(acme.id, KENJI, Role.ADMINISTRATOR, by=mika)  # one that expired is in nobody's way
        assert inviting.look_at(mailed_token(smtp)).role == "administrator"
        assert db.session.query(Invitation).count() == 1


def test_sending_again_kills_the_link_that_was_sent_before(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False) as clock:
        invitation = inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        clock.move_to(MONDAY + timedelta(days=6))
        again = inviting.send_again(acme.id, invitation.id, by=mika)
        assert again.expires_at == MONDAY + timedelta(days=13)
        with pytest.raises(InvitationSpent):
            inviting.look_at(mailed_token(smtp, 0))
        rest()
        inviting.join_signed_out(mailed_token(smtp, 1))
        assert roles(acme.id)[KENJI] == "member"


def test_a_withdrawn_link_is_dead(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        invitation = inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        inviting.withdraw(acme.id, invitation.id, by=mika)
        with pytest.raises(InvitationSpent):
            inviting.join_signed_out(mailed_token(smtp))
        assert db.session.query(Person).filter_by(email=KENJI).count() == 0


def test_a_mail_that_cannot_leave_keeps_the_invitation(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    smtp.answer = "554 5.7.1 No"
    with app.app_context():
        with pytest.raises(MailNotSent):
            inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        (kept,) = inviting.list_invitations(acme.id)
        rest()
        smtp.answer = "250 OK"
        inviting.send_again(acme.id, kept.id, by=mika)
        inviting.join_signed_out(mailed_token(smtp))


@pytest.mark.parametrize(
    "email", ["kenji", "", "kenji@", "a b@acme.example", "kenji@acme.example\nBcc: x@y.example"]
)
def test_an_address_that_is_none_is_not_invited(
    app: Flask, acme: Team, mika: int, smtp: MailServer, email: str
) -> None:
    with app.app_context(), pytest.raises(Refused) as caught:
        inviting.invite(acme.id, email, Role.MEMBER, by=mika)
    assert caught.value.field == "email"
    assert smtp.mails == []


def test_who_is_in_the_team_or_invited_already_is_not_invited(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        for email, why in ((MIKA, "in the team already"), (KENJI, "invited already")):
            with pytest.raises(Refused, match=why):
                inviting.invite(acme.id, email, Role.MEMBER, by=mika)
        with pytest.raises(Refused, match="exactly one owner"):
            inviting.invite(acme.id, AIKO, Role.OWNER, by=mika)
    assert len(smtp.mails) == 1


def test_adding_somebody_uses_their_invitation_up(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        teams.add_member(acme.id, KENJI, Role.ADMINISTRATOR)
        assert inviting.list_invitations(acme.id) == []


def test_a_member_invites_nobody_whatever_the_page_believed(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        kenji = teams.add_member(acme.id, KENJI, Role.MEMBER).id
        invitation = inviting.invite(acme.id, AIKO, Role.MEMBER, by=mika)
        for act in (
            lambda: inviting.invite(acme.id, "new@acme.example", Role.MEMBER, by=kenji),
            lambda: inviting.send_again(acme.id, invitation.id, by=kenji),
            lambda: inviting.withdraw(acme.id, invitation.id, by=kenji),
        ):
            with pytest.raises(RoleTooLow):
                act()
    assert len(smtp.mails) == 1


def test_another_teams_invitation_is_not_found(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context():
        other = teams.found_team("Other", AIKO, "premium")
        foreign = inviting.invite(other.id, KENJI, Role.MEMBER, by=person_id(app, AIKO))
        for act in (inviting.send_again, inviting.withdraw):
            with pytest.raises(NotFound):
                act(acme.id, foreign.id, by=mika)
        assert len(inviting.list_invitations(other.id)) == 1


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


def test_two_presses_at_once_make_one_member(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        teams.found_team("Other", AIKO, "premium")
    token, aiko = mailed_token(smtp), person_id(app, AIKO)
    acts = [lambda: inviting.join_signed_out(token)] * 4 + [lambda: inviting.join(token, aiko)] * 4
    results = at_once(app, acts)
    won = [result for result in results if not isinstance(result, InvitationSpent)]
    assert len(won) == 1
    with app.app_context():
        assert db.session.query(Membership).filter_by(team_id=acme.id).count() == 2


def test_a_withdrawal_and_a_join_at_once_leave_no_half(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    for round_ in range(5):
        email = f"guest{round_}@acme.example"
        with app.app_context():
            invitation = inviting.invite(acme.id, email, Role.MEMBER, by=mika)
        token, which = mailed_token(smtp), invitation.id
        joined, withdrawn = at_once(
            app,
            [
                lambda token=token: inviting.join_signed_out(token),  # type: ignore[misc]
                lambda which=which: inviting.withdraw(acme.id, which, by=mika),  # type: ignore[misc]
            ],
        )
        assert isinstance(joined, InvitationSpent) != isinstance(withdrawn, NotFound)
        with app.app_context():
            assert (email in roles(acme.id)) == (not isinstance(joined, InvitationSpent))


def test_inviting_the_same_address_at_once_makes_one_invitation(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    results = at_once(app, [lambda: inviting.invite(acme.id, KENJI, Role.MEMBER, by=mika)] * 4)
    assert [type(result) for result in results].count(Refused) == 3
    with app.app_context():
        assert db.session.query(Invitation).count() == 1
    assert len(smtp.mails) == 1


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
