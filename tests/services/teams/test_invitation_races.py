"""Invitations at the same moment: one wins, nobody is twice in a team, nothing is half done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import HubSyncError, InvitationSpent, LinkSpent, NotFound, Refused
from hubsync.services.signin import invitation_claims
from hubsync.services.signin.mail_limits import Requester
from hubsync.services.teams import invitations, members
from hubsync.store import db
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, InvitationClaim, Membership, Team
from tests.kit.at_one_instant import at_once
from tests.kit.invitations import mailed_claim, mailed_token, person_id, roles
from tests.kit.mail_server import MailServer

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@acme.example"


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    return person_id(app, MIKA)


def test_two_presses_at_once_make_one_member(app: Flask, acme: Team, mika: int, smtp: MailServer) -> None:
    with app.app_context():
        invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        members.create_team("Other", AIKO, "premium")
        aiko = db.session.get_one(Person, person_id(app, AIKO))
        token = mailed_token(smtp)
        news = invitation_claims.ask(token, None, Requester())
        first = mailed_claim(smtp)
        aikos = invitation_claims.ask(token, aiko, Requester())
        second = mailed_claim(smtp)
    acts: list[Callable[[], object]] = [lambda: invitation_claims.claim(first, news, None)] * 4
    acts += [lambda: invitation_claims.claim(second, aikos, aiko)] * 4
    results = at_once(app, acts, InvitationSpent, LinkSpent)
    assert [isinstance(each, HubSyncError) for each in results].count(False) == 1
    with app.app_context():
        assert db.session.query(Membership).filter_by(team_id=acme.id).count() == 2
        assert db.session.query(InvitationClaim).count() == 0, "they go with the invitation"


def test_a_withdrawal_and_a_join_at_once_leave_no_half(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    for round_ in range(5):
        email = f"guest{round_}@acme.example"
        with app.app_context():
            invitation = invitations.invite(acme.id, email, Role.MEMBER, by=mika)
            secret = invitation_claims.ask(mailed_token(smtp), None, Requester())
        token, which = mailed_claim(smtp), invitation.id
        joined, withdrawn = at_once(
            app,
            [
                lambda token=token, secret=secret: invitation_claims.claim(token, secret, None),  # type: ignore[misc]
                lambda which=which: invitations.withdraw(acme.id, which, by=mika),  # type: ignore[misc]
            ],
            InvitationSpent,
            LinkSpent,
            NotFound,
        )
        lost = isinstance(joined, InvitationSpent | LinkSpent)
        assert lost != isinstance(withdrawn, NotFound)
        with app.app_context():
            assert (email in roles(acme.id)) != lost


def test_inviting_the_same_address_at_once_makes_one_invitation(
    app: Flask, acme: Team, mika: int, smtp: MailServer
) -> None:
    results = at_once(app, [lambda: invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)] * 4, Refused)
    assert [type(result) for result in results].count(Refused) == 3
    with app.app_context():
        assert db.session.query(Invitation).count() == 1
    assert len(smtp.mails) == 1
