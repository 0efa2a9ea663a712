"""Mails that a team's people have sent at a press: so many within ten minutes, and when there may be more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.services.operations.mail_check import send_test_mail
from hubsync.services.teams import invitations, mail_limits
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.invitations import person_id
from tests.kit.mail_server import MailServer
from tests.kit.page import words
from tests.kit.world import create_team

KENJI = "kenji@acme.example"


def test_one_address_gets_only_so_many_invitations_whoever_sends_them(app: Flask, smtp: MailServer) -> None:
    acme, other = create_team(app), create_team(app, "Other", "boss@other.example")
    mika, boss = person_id(app, "owner@acme.example"), person_id(app, "boss@other.example")
    with app.test_request_context():
        invitation = invitations.invite(acme.id, KENJI, Role.MEMBER, by=mika)
        for _ in range(mail_limits.TO_ONE_ADDRESS - 1):
            invitations.send_again(acme.id, invitation.id, by=mika)
        with pytest.raises(Refused, match="5 such mails were sent within 10 minutes, and more are not"):
            invitations.send_again(acme.id, invitation.id, by=mika)
        with pytest.raises(Refused):
            invitations.invite(other.id, KENJI, Role.MEMBER, by=boss)
        assert len(smtp.mails) == mail_limits.TO_ONE_ADDRESS
        assert invitations.list_invitations(other.id) == []
        with time_machine.travel(now() + timedelta(minutes=11)):
            invitations.invite(other.id, KENJI, Role.MEMBER, by=boss)
            assert len(smtp.mails) == mail_limits.TO_ONE_ADDRESS + 1


def test_a_team_invites_only_so_many_at_a_time_and_takes_up_no_other_teams_turns(app: Flask) -> None:
    acme, other = create_team(app), create_team(app, "Other", "boss@other.example")
    with app.test_request_context():
        for number in range(mail_limits.OF_A_TEAM):
            mail_limits.allow_invitation(acme.id, f"{number}@acme.example")
        with pytest.raises(Refused, match="Try again in 10 minutes"):
            invitations.invite(acme.id, KENJI, Role.MEMBER, by=person_id(app, "owner@acme.example"))
        mail_limits.allow_invitation(other.id, KENJI)
        mail_limits.allow_repeated(acme.id)


@pytest.fixture
def team(app: Flask) -> Team:
    return create_team(app)


def test_a_page_says_when_a_test_mail_may_be_sent_again(app: Flask, team: Team, smtp: MailServer) -> None:
    with app.test_request_context():
        for _ in range(mail_limits.TEST_MAILS - 1):
            send_test_mail("owner@acme.example", team)
    owner = Browser(app).sign_in()
    for shown in ("The mail server took the test mail.", "Try again in 10 minutes."):
        owner.post("/teams/acme/settings/test-mail", page="/teams/acme/settings")
        assert shown in words(owner.open("/teams/acme/settings"))
    assert len(smtp.mails) == mail_limits.TEST_MAILS
