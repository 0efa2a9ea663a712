"""Invitations at the same moment: one wins, nobody is twice in a team, nothing is half done."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import InvitationSpent, NotFound, Refused
from hubsync.services import inviting, teams
from hubsync.store import db
from hubsync.store.teams import Invitation, Membership, Team
from tests.mailing import MailServer
from tests.services.invited import at_once, mailed_token, person_id, roles

MIKA, KENJI, AIKO = "mika@acme.example", "kenji@acme.example", "aiko@acme.example"


@pytest.fixture
def acme(app: Flask) -> Team:
    with app.app_context():
        return teams.found_team("Acme", MIKA, "premium")


@pytest.fixture
def mika(app: Flask, acme: Team) -> int:
    return person_id(app, MIKA)


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
