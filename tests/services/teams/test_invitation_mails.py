"""Mails of invitations go through the outbox: at once, again when the server was away, never with a dead link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from hubsync.domain.mails import MailKind, MailState
from hubsync.domain.roles import Role
from hubsync.errors import MailFailure, MailNotSent
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.teams import invitation_mails, invitations, joining, members
from hubsync.store import end_read
from tests.kit.clock import later
from tests.kit.invitations import mailed_token, person_id, prove_and_join
from tests.kit.mail_server import MailServer

MIKA, KENJI = "mika@acme.example", "kenji@acme.example"


@pytest.fixture
def team(app: Flask) -> Any:
    with app.app_context():
        yield members.create_team("Acme", MIKA, "premium")


def invite(app: Flask, team: Any) -> int:
    return invitations.invite(team.id, KENJI, Role.MEMBER, by=person_id(app, MIKA)).id


def mail_of(team: Any) -> invitation_mails.InvitationMail:
    (mail,) = invitation_mails.mails_of(invitations.list_invitations(team.id)).values()
    end_read()
    return mail


def test_what_did_not_leave_is_sent_when_the_server_is_back(app: Flask, team: Any, smtp: MailServer) -> None:
    smtp.answer = "451 later"
    with pytest.raises(MailNotSent):
        invite(app, team)
    mail = mail_of(team)
    assert (mail.state, mail.fault) == (MailState.WAITING, MailFailure.REFUSED)
    smtp.answer = "250 OK"
    with later(minutes=2):
        assert [kind for _, kind in send_mails()] == [MailKind.INVITATION]
    assert mail_of(team).state is MailState.SENT
    prove_and_join(smtp, mailed_token(smtp))


def withdraw(team: Any, invitation_id: int, by: int) -> None:
    invitations.withdraw(team.id, invitation_id, by=by)


def send_again(team: Any, invitation_id: int, by: int) -> None:
    invitations.send_again(team.id, invitation_id, by=by)


@pytest.mark.parametrize(("act", "mailed"), [(withdraw, 0), (send_again, 1)])
def test_a_link_that_is_dead_by_now_is_not_sent(
    app: Flask, team: Any, smtp: MailServer, act: Callable[..., None], mailed: int
) -> None:
    smtp.answer = "451 later"
    with pytest.raises(MailNotSent):
        invite(app, team)
    (invitation,) = invitations.list_invitations(team.id)
    end_read()
    smtp.answer = "250 OK"
    act(team, invitation.id, person_id(app, MIKA))
    with later(minutes=2):
        assert send_mails() == []
    assert len(smtp.mails) == mailed
    for number in range(mailed):
        assert joining.read_invitation(mailed_token(smtp, number)).email == KENJI
        end_read()


@pytest.mark.parametrize("given", [{"MAIL_DEFAULT_SENDER": ""}])
def test_where_no_mail_is_set_up_nothing_waits_for_it(app: Flask, team: Any) -> None:
    with pytest.raises(MailNotSent) as caught:
        invite(app, team)
    assert (caught.value.reason, caught.value.lasting) == (MailFailure.NO_SENDER, True)
    assert invitation_mails.mails_of(invitations.list_invitations(team.id)) == {}
