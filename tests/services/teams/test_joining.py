"""Joining a team by an invitation, which is for its address: under it, or by a link mailed there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import AnotherAddress, InvitationSpent, LinkSpent, NotFound, OtherBrowser, Refused
from hubsync.services import now
from hubsync.services.people import sessions
from hubsync.services.signin import invitation_claims
from hubsync.services.signin.mail_limits import TO_MAILBOX, Requester
from hubsync.services.teams import audit, invitations, joining, members
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, InvitationClaim, Team
from hubsync.web.teams.audit_text import describe
from tests.kit.invitations import mailed_claim, mailed_token, person_id, prove_and_join, roles
from tests.kit.mail_server import MailServer

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@other.example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    return person_id(app, MIKA)


@pytest.fixture
def token(app: Flask, acme: Team, mika: int, smtp: MailServer) -> str:
    """Of the invitation that Kenji was mailed, as administrator."""
    with app.app_context():
        invitations.invite(acme.id, KENJI, Role.ADMINISTRATOR, by=mika)
    return mailed_token(smtp)


@pytest.fixture
def aiko(app: Flask) -> Person:
    """Somebody of another team."""
    with app.app_context():
        members.create_team("Other", AIKO, "premium")
        found = db.session.query(Person).filter_by(email=AIKO).one()
        end_read()
        return found


def told(team_id: int) -> list[str]:
    """What the audit trail says of who joined."""
    return [describe(entry) for entry in audit.read_trail(team_id, 50) if entry.action == "joined"]


def test_the_link_alone_lets_in_nobody_with_another_address(
    app: Flask, acme: Team, token: str, aiko: Person, smtp: MailServer
) -> None:
    with app.app_context():
        with pytest.raises(AnotherAddress):
            joining.join(token, aiko.id)
        assert roles(acme.id) == {MIKA: "owner"}
        assert joining.read_invitation(token).email == KENJI, "and is as good as before"


def test_whoever_reads_the_mail_of_the_invited_address_joins_under_another_one(
    app: Flask, acme: Team, token: str, aiko: Person, smtp: MailServer
) -> None:
    with app.test_request_context():
        claimed = prove_and_join(smtp, token, aiko)
        assert claimed.team.slug == "acme"
        assert claimed.session_token == "", "aiko stays signed in as before"
        assert roles(acme.id) == {MIKA: "owner", AIKO: "administrator"}
        assert told(acme.id) == [
            f"{AIKO} joined the team as Administrator by the invitation of {KENJI}, with a link mailed there."
        ]
        assert db.session.query(Person).filter_by(email=KENJI).count() == 0
        with pytest.raises(InvitationSpent):
            joining.read_invitation(token)
    mail = smtp.mails[-1]
    assert (mail["To"], mail["Subject"]) == (KENJI, "Confirm that you join Acme on HubSync")
    assert AIKO in mail.get_content(), "who wants to join is said to whoever was invited"


def test_somebody_new_is_made_and_signed_in_by_the_link_mailed_now(
    app: Flask, acme: Team, token: str, smtp: MailServer
) -> None:
    with app.test_request_context():
        claimed = prove_and_join(smtp, token, None, "Asia/Tokyo")
        assert claimed.team.id == acme.id
        kenji = sessions.find_signed_in(claimed.session_token)
        assert kenji is not None
        assert (kenji.email, kenji.time_zone) == (KENJI, "Asia/Tokyo")
        assert roles(acme.id) == {MIKA: "owner", KENJI: "administrator"}
        assert told(acme.id) == [f"{KENJI} joined the team as Administrator."]


def test_the_mailed_link_counts_for_whoever_asked_and_in_their_browser_only(
    app: Flask, acme: Team, token: str, aiko: Person, mika: int, smtp: MailServer
) -> None:
    with app.app_context():
        owner = db.session.get_one(Person, mika)
        end_read()
        secret = invitation_claims.ask(token, aiko, Requester())
        mailed = mailed_claim(smtp)
        for browser, person in ((secret, None), (secret, owner), ("", aiko), ("x" * 43, aiko), ("", None)):
            for use in (invitation_claims.read_link, invitation_claims.claim):
                with pytest.raises(OtherBrowser):
                    use(mailed, browser, person)
                end_read()
        assert roles(acme.id) == {MIKA: "owner"}
        assert invitation_claims.read_link(mailed, secret, aiko).email == KENJI
        end_read()
        invitation_claims.claim(mailed, secret, aiko)
        with pytest.raises(LinkSpent):
            invitation_claims.claim(mailed, secret, aiko)


def test_the_mailed_link_dies_after_ten_minutes_and_with_the_invitation(
    app: Flask, acme: Team, mika: int, token: str, aiko: Person, smtp: MailServer
) -> None:
    with app.app_context():
        secret = invitation_claims.ask(token, aiko, Requester())
        mailed = mailed_claim(smtp)
        with time_machine.travel(now() + timedelta(minutes=10, seconds=1)), pytest.raises(LinkSpent):
            invitation_claims.claim(mailed, secret, aiko)
        with time_machine.travel(now() + timedelta(minutes=9)):
            invitation_claims.read_link(mailed, secret, aiko)
        with write_transaction() as session:
            session.query(Invitation).one().expires_at = now() - timedelta(seconds=1)
        with pytest.raises(InvitationSpent):
            invitation_claims.claim(mailed, secret, aiko)
        end_read()
        invitations.invite(
            acme.id, KENJI, Role.MEMBER, by=mika
        )  # the same row, with another role and another link
        with pytest.raises(InvitationSpent):
            invitation_claims.claim(mailed, secret, aiko)
        assert roles(acme.id) == {MIKA: "owner"}


@pytest.mark.parametrize("ending", ["sent again", "withdrawn", "taken up"])
def test_an_invitation_that_ends_takes_its_mailed_links_along(
    app: Flask, acme: Team, mika: int, token: str, aiko: Person, smtp: MailServer, ending: str
) -> None:
    with app.app_context():
        secret = invitation_claims.ask(token, aiko, Requester())
        mailed = mailed_claim(smtp)
        which = db.session.query(Invitation).one().id
        end_read()
        if ending == "sent again":
            invitations.send_again(acme.id, which, by=mika)
        elif ending == "withdrawn":
            invitations.withdraw(acme.id, which, by=mika)
        else:
            members.create_team("More", KENJI, "free")
            joining.join(token, person_id(app, KENJI))
        with pytest.raises((LinkSpent, InvitationSpent)):
            invitation_claims.claim(mailed, secret, aiko)
        assert AIKO not in roles(acme.id)


def test_a_mailbox_gets_no_more_than_some_of_these_links(
    app: Flask, token: str, aiko: Person, smtp: MailServer
) -> None:
    with app.app_context():
        before = len(smtp.mails)
        for number in range(TO_MAILBOX + 3):
            invitation_claims.ask(token, aiko, Requester(f"203.0.113.{number}"))
            mailed_claim(smtp)
        assert len(smtp.mails) == before + TO_MAILBOX


def test_of_the_mailed_link_only_hashes_are_kept(app: Flask, token: str, aiko: Person, smtp: MailServer) -> None:
    with app.app_context():
        secret = invitation_claims.ask(token, aiko, Requester())
        mailed = mailed_claim(smtp)
        row = db.session.query(InvitationClaim).one()
        assert not {token, secret, mailed} & {str(value) for value in vars(row).values()}


@pytest.mark.parametrize(
    "kept", [KENJI, "Kenji@Acme.Example", " kenji@acme.example ", "ｋｅｎｊｉ@ａｃｍｅ.example"]
)
def test_the_invited_address_is_the_same_however_it_is_written(
    app: Flask, acme: Team, token: str, kept: str
) -> None:
    with app.app_context():
        with write_transaction() as session:  # as an older version, or a hand, may have left it
            session.query(Invitation).one().email = kept
        members.create_team("More", "KENJI@ACME.EXAMPLE", "free")
        joining.join(token, person_id(app, KENJI))
        assert roles(acme.id)[KENJI] == "administrator"


@pytest.mark.parametrize(
    "near",
    ["kenji@acme.example.evil.test", "kenji+x@acme.example", "kenj@acme.example", "kenji@acme-example.test"],
)
def test_an_address_that_only_looks_like_it_is_another(app: Flask, acme: Team, token: str, near: str) -> None:
    with app.app_context():
        members.create_team("More", near, "free")
        with pytest.raises(AnotherAddress):
            joining.join(token, person_id(app, near))


def test_who_joins_with_a_name_is_written_down_with_the_address(
    app: Flask, acme: Team, token: str, aiko: Person, smtp: MailServer
) -> None:
    with app.test_request_context():
        with write_transaction() as session:
            session.get_one(Person, aiko.id).name = "Aiko Mori"
        prove_and_join(smtp, token, aiko)
        (sentence,) = told(acme.id)
        assert sentence.startswith(
            f"Aiko Mori ({AIKO}) joined the team as Administrator by the invitation of {KENJI}"
        )


def test_who_is_in_the_team_keeps_the_role_and_leaves_the_invitation_to_whom_it_was_meant(
    app: Flask, acme: Team, mika: int, token: str, smtp: MailServer
) -> None:
    with app.app_context():
        assert joining.join(token, mika).id == acme.id
        assert roles(acme.id) == {MIKA: "owner"}
        end_read()
        prove_and_join(smtp, token)
        assert roles(acme.id) == {MIKA: "owner", KENJI: "administrator"}


def test_offers_are_the_open_invitations_for_ones_own_address(app: Flask, acme: Team, mika: int) -> None:
    with app.app_context(), time_machine.travel(MONDAY, tick=False) as clock:
        members.create_team("Other", KENJI, "premium")
        invitation = invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        kenji, aiko = (
            members.create_team("More", email, "free") and person_id(app, email) for email in (KENJI, AIKO)
        )
        person, stranger = (db.session.get_one(Person, each) for each in (kenji, aiko))
        assert [offer.team.name for offer in joining.list_offers(person)] == ["Acme"]
        assert joining.list_offers(stranger) == []
        with pytest.raises(NotFound):
            joining.read_offer(stranger, invitation.id)
        end_read()
        with pytest.raises(InvitationSpent):
            joining.join_by_offer(stranger, invitation.id)
        joining.join_by_offer(person, invitation.id)
        assert joining.list_offers(person) == []
        assert roles(acme.id)[KENJI] == "member"
        late = invitations.invite(acme.id, AIKO, Role.MEMBER, by=mika)
        clock.move_to(MONDAY + timedelta(days=8))
        assert joining.list_offers(stranger) == []
        with pytest.raises(NotFound):
            joining.read_offer(stranger, late.id)


class TestWithoutSigninLinks:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SIGNIN_LINKS": "off"}

    def test_the_mailed_link_signs_nobody_in_but_proves_the_address_of_who_is(
        self, app: Flask, acme: Team, token: str, aiko: Person, smtp: MailServer
    ) -> None:
        with app.app_context():
            with pytest.raises(Refused):
                invitation_claims.ask(token, None, Requester())
            assert roles(acme.id) == {MIKA: "owner"}
            end_read()
            prove_and_join(smtp, token, aiko)
            assert roles(acme.id)[AIKO] == "administrator"
