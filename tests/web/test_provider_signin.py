"""Signing in at Google and Microsoft: who gets in, as whom, and who does not."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.services import teams
from hubsync.domain.roles import Role
from hubsync.store.teams import Team
from tests.identity.provider import Proxy, answer_there, link_in
from tests.identity.setting import Guest, given, google, invite, linked, microsoft, people, provider_port
from tests.mailing import MailServer
from tests.web.visitor import OWNER, words

__all__ = ["given", "google", "microsoft", "provider_port"]

JUN = "jun@acme.example"


@pytest.fixture
def guest(app: Flask, team: Team) -> Guest:
    return Guest(app)


def test_an_invited_verified_address_is_let_in(app: Flask, team: Team, guest: Guest, google: Proxy) -> None:
    invite(app, team, JUN)
    google.knows("g-jun", email="Jun@Acme.example", email_verified=True, name="Jun Mori")
    answer = guest.come_in("g-jun")
    assert answer.status_code == 303, words(answer)
    assert answer.headers["Location"] == "/"
    assert guest.is_in() == JUN
    assert linked(app) == {"g-jun": JUN}
