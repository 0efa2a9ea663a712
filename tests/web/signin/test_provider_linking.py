"""Linking an account at a provider, from the account page."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store.teams import Team
from tests.kit.identity_provider import Answer, Proxy, answer_there
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.provider_signin import Guest, Let, given, guest, let_owner, linked
from tests.kit.settings import BASE_URL, OWNER

__all__ = ["given", "guest", "let_owner"]

JUN = "jun@acme.example"


@pytest.fixture
def owner(app: Flask, team: Team) -> Guest:
    made = Guest(app)
    made.sign_in()
    return made


def test_an_account_is_linked_and_signs_in_from_then_on(app: Flask, owner: Guest, microsoft: Proxy) -> None:
    microsoft.knows("m-owner", email="anything@elsewhere.example")
    answer = owner.get(answer_there(owner.link("microsoft"), "m-owner"))
    assert answer.headers["Location"] == "/account"
    assert "Your account at Microsoft is linked" in words(owner.open("/account"))
    other = Guest(app)
    other.come_in("m-owner", "microsoft")
    assert other.is_in() == OWNER


def test_whoever_can_be_signed_in_by_another_account_is_mailed_once(
    app: Flask, owner: Guest, google: Proxy, smtp: MailServer
) -> None:
    google.knows("g-owner", email="other@elsewhere.example")
    for _ in range(2):
        owner.get(answer_there(owner.link(), "g-owner"))
    with app.app_context():
        send_mails()
    (mail,) = smtp.mails
    assert mail["To"] == OWNER
    assert "The account other@elsewhere.example at Google was linked to" in mail.get_content()
    assert "/account#ways-in" in mail.get_content()


def test_linking_twice_changes_nothing(app: Flask, owner: Guest, google: Proxy) -> None:
    google.knows("g-owner")
    for _ in range(2):
        owner.get(answer_there(owner.link(), "g-owner"))
    assert linked(app) == {"g-owner": OWNER}


def test_somebody_elses_account_is_not_linked(
    app: Flask, team: Team, owner: Guest, google: Proxy, let_owner: Let
) -> None:
    let_owner()
    with app.app_context():
        join(team.id, JUN, Role.MEMBER)
    jun = Guest(app)
    jun.sign_in(JUN)
    jun.get(answer_there(jun.link(), "g-owner"))
    assert "Nothing was linked" in words(jun.open("/account"))
    assert linked(app) == {"g-owner": OWNER}
    assert jun.is_in() == JUN


def test_the_session_at_the_way_back_is_that_of_the_way_there(
    app: Flask, team: Team, owner: Guest, google: Proxy
) -> None:
    google.knows("g-x")
    back = answer_there(owner.link(), "g-x")
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        states = {key: value for key, value in session.items() if key.startswith("_state_")}
    with app.app_context():
        join(team.id, JUN, Role.MEMBER)
    for email in (JUN, OWNER):  # another person, and the same one in another session
        other = Guest(app)
        other.sign_in(email)
        with other.client.session_transaction(base_url=BASE_URL) as session:
            session.update(states)
        assert other.get(back).headers["Location"] == "/signin"
        assert linked(app) == {}


def test_nobody_links_who_is_signed_out(guest: Guest) -> None:
    answer = guest.post("/account/identities/google")
    assert answer.headers["Location"] == "/signin"


def test_declining_leads_back_to_the_account_page(owner: Guest) -> None:
    answer = owner.get(answer_there(owner.link(), "g-owner", decline=True))
    assert answer.headers["Location"] == "/account"
    assert "You declined at Google. Nothing has changed." in words(owner.open("/account"))


def test_a_provider_that_is_down_leaves_one_signed_in(owner: Guest, google: Proxy) -> None:
    google.answers["/.well-known/openid-configuration"] = Answer(503, b"")
    answer = owner.post("/account/identities/google", page="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "Google cannot be used at the moment" in words(owner.open("/account"))
