"""A provider that an installation names itself: its button, who gets in by it, and where its page is."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store.teams import Team
from tests.kit.identity_provider import Proxy, answer_there
from tests.kit.mail_server import MailServer
from tests.kit.page import read_page, words
from tests.kit.provider_signin import Guest, guest, invite, linked, people, registered, wait_for_mails
from tests.kit.settings import OWNER

__all__ = ["guest"]

JUN = "jun@acme.example"


@pytest.fixture
def given(another: Proxy) -> dict[str, str]:
    return registered(None, None, another)


def test_its_button_has_the_name_that_the_installation_gives_it(guest: Guest) -> None:
    (form, _link_form) = guest.open("/signin").select("main form")
    assert form.select_one("button").words == "Continue with Acme Login"
    assert guest.leave("oidc").count("signin%2Foidc%2Fcallback") == 1


def test_an_account_is_linked_and_signs_in_from_then_on(app: Flask, guest: Guest, another: Proxy) -> None:
    another.knows("any-owner", email="other@elsewhere.example")
    owner = Guest(app)
    owner.sign_in()
    owner.get(answer_there(owner.link("oidc"), "any-owner"))
    assert "Your account at Acme Login is linked" in words(owner.open("/account"))
    guest.come_in("any-owner", "oidc")
    assert guest.is_in() == OWNER


@pytest.mark.parametrize("verified", [True, False, "true"])
def test_an_invited_address_counts_when_it_says_that_it_is_verified(
    app: Flask, guest: Guest, team: Team, another: Proxy, smtp: MailServer, verified: object
) -> None:
    invite(app, team, JUN)
    another.knows("any-jun", email=JUN, email_verified=verified)
    guest.come_in("any-jun", "oidc")
    assert (guest.is_in(), linked(app)) == ((JUN, {"any-jun": JUN}) if verified is True else (None, {}))
    assert (JUN in people(app)) == (verified is True)
    wait_for_mails()
    with app.app_context():
        send_mails()
    # The account that brings somebody here is no news.
    assert [mail["Subject"] for mail in smtp.mails if "Another account" in mail["Subject"]] == []


def test_its_page_on_another_host_is_reached_by_a_page_of_ours(guest: Guest, another: Proxy) -> None:
    elsewhere = "http://login.acme.example/authorize"
    another.document = lambda document: document.update(authorization_endpoint=elsewhere)
    answer = guest.post("/signin/oidc")
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert another.url in policy
    assert "login.acme.example" not in policy
    (refresh,) = read_page(answer.text).select("meta[http-equiv=refresh]")
    (link,) = read_page(answer.text).select("main p a")
    assert str(link["href"]).startswith(f"{elsewhere}?")
    assert refresh["content"] == f"0; url={link['href']}"
