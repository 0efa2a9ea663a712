"""Signing in at Google and Microsoft: who gets in, as whom, and who does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.store import db
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.identity_provider import Answer, Proxy, answer_there
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.provider_signin import Guest, Let, given, guest, invite, let_owner, linked, people
from tests.kit.settings import BASE_URL, OWNER

__all__ = ["given", "guest", "let_owner"]

JUN = "jun@acme.example"


def test_a_known_identity_is_signed_in_whatever_its_address_is_now(
    guest: Guest, google: Proxy, let_owner: Let
) -> None:
    let_owner()
    google.knows("g-owner", email="renamed@elsewhere.example")
    answer = guest.come_in("g-owner")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert guest.is_in() == OWNER


def test_the_page_one_wanted_comes_after_the_provider(guest: Guest, let_owner: Let) -> None:
    let_owner()
    assert guest.get("/teams/acme/settings").headers["Location"] == "/signin"
    assert guest.come_in("g-owner").headers["Location"] == "/teams/acme/settings"


def test_the_session_is_a_new_one_after_coming_back(guest: Guest, let_owner: Let) -> None:
    let_owner()
    there = guest.leave()
    with guest.client.session_transaction(base_url=BASE_URL) as session:
        planted = session["csrf_token"]
        session["planted"] = "by somebody else"
    guest.get(answer_there(there, "g-owner"))
    with guest.client.session_transaction(base_url=BASE_URL) as session:
        assert "planted" not in session
        assert session.get("csrf_token") != planted
        assert not [key for key in session if key.startswith("_state_")]


def test_whoever_was_signed_in_before_is_signed_out(app: Flask, guest: Guest, team: Team, let_owner: Let) -> None:
    let_owner()
    with app.app_context():
        join(team.id, JUN, Role.MEMBER)
    guest.sign_in(JUN)
    there = guest.post("/signin/google", page="/account").headers["Location"]
    copied = guest.client.get_cookie("hubsync", domain="localhost")
    assert copied is not None
    guest.get(answer_there(there, "g-owner"))
    thief = Guest(app)
    thief.client.set_cookie("hubsync", copied.value, domain="localhost")
    assert thief.is_in() is None


def test_the_browsers_time_zone_is_learned_at_the_first_sign_in(app: Flask, guest: Guest, let_owner: Let) -> None:
    let_owner()
    guest.get(answer_there(guest.leave(time_zone="Asia/Tokyo"), "g-owner"))
    with app.app_context():
        assert db.session.query(Person).filter_by(email=OWNER).one().time_zone == "Asia/Tokyo"


def test_one_address_through_all_three_ways_never_merges_by_itself(
    app: Flask, team: Team, google: Proxy, microsoft: Proxy, smtp: MailServer
) -> None:
    """Owner by e-mail link; Google vouches for the address; Microsoft says it has it, vouched for too."""
    google.knows("g-owner", email=OWNER, email_verified=True)
    microsoft.knows("m-owner", email=OWNER, email_verified=True, xms_edov=True)
    for provider, subject in (("google", "g-owner"), ("microsoft", "m-owner")):
        stranger = Guest(app)
        stranger.come_in(subject, provider)
        assert stranger.is_in() is None
        assert linked(app) == {}
    assert people(app) == {OWNER}
    assert [mail["To"] for mail in smtp.wait_for_mail(2)] == [OWNER, OWNER]


def test_two_identities_with_one_invited_address_never_merge(
    app: Flask, team: Team, google: Proxy, microsoft: Proxy
) -> None:
    invite(app, team, JUN)
    google.knows("g-jun", email=JUN, email_verified=True)
    microsoft.knows("m-jun", email=JUN, xms_edov=True)
    first, second = Guest(app), Guest(app)
    first.come_in("g-jun")
    second.come_in("m-jun", "microsoft")
    assert (first.is_in(), second.is_in()) == (JUN, None)
    assert linked(app) == {"g-jun": JUN}


def test_the_same_subject_at_another_provider_is_somebody_else(
    app: Flask, guest: Guest, microsoft: Proxy, let_owner: Let
) -> None:
    let_owner()
    microsoft.knows("g-owner")
    guest.come_in("g-owner", "microsoft")
    assert guest.is_in() is None


def test_declining_comes_back_with_a_clear_message(guest: Guest) -> None:
    answer = guest.get(answer_there(guest.leave(), "g-owner", decline=True))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signin")
    assert "You declined at Google. Nothing has changed." in words(guest.open("/signin"))


@pytest.mark.parametrize("query", ["", "?state=forged&code=x", "?error=access_denied", "?code=x&code=y&state="])
def test_an_answer_nobody_asked_for_signs_nobody_in(guest: Guest, google: Proxy, query: str) -> None:
    assert guest.get(f"/signin/google/callback{query}").headers["Location"] == "/signin"
    assert "was begun in this browser" in words(guest.open("/signin"))
    assert google.seen == []


def test_an_answer_is_good_in_the_browser_that_asked_and_once(app: Flask, guest: Guest, let_owner: Let) -> None:
    let_owner()
    back = answer_there(guest.leave(), "g-owner")
    victim = Guest(app)
    victim.get(back)
    assert victim.is_in() is None, "nobody is signed in as the attacker by a foreign link"
    guest.get(back)
    assert guest.is_in() == OWNER
    guest.post("/signout", page="/teams/acme/settings")
    guest.get(back)
    assert guest.is_in() is None


def test_an_answer_older_than_ten_minutes_signs_nobody_in(guest: Guest, let_owner: Let) -> None:
    let_owner()
    back = answer_there(guest.leave(), "g-owner")
    with time_machine.travel(now() + timedelta(minutes=11)):
        guest.get(back)
    assert guest.is_in() is None


def test_a_bad_token_signs_nobody_in(guest: Guest, google: Proxy, let_owner: Let) -> None:
    let_owner()
    google.claims = lambda claims: claims.update(aud="somebody-else")
    answer = guest.come_in("g-owner")
    assert answer.headers["Location"] == "/signin"
    assert "does not prove who you are" in words(guest.open("/signin"))
    assert guest.is_in() is None


@pytest.mark.parametrize("place", ["/.well-known/openid-configuration", "/oauth2/token", "/jwks"])
def test_a_provider_that_is_down_says_so(guest: Guest, google: Proxy, place: str) -> None:
    google.answers[place] = Answer(500, b"<h1>canary</h1>")
    answer = guest.post("/signin/google") if "well-known" in place else guest.come_in("g-owner")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/signin")
    page = words(guest.open("/signin"))
    assert "Google cannot be used at the moment" in page
    assert "canary" not in page
    assert "Mail me a sign-in link" in page


def test_a_get_leads_nowhere(guest: Guest, google: Proxy) -> None:
    assert guest.get("/signin/google").status_code == 405
    assert google.seen == []


def test_a_form_without_its_token_leads_nowhere(guest: Guest, google: Proxy) -> None:
    assert guest.client.post("/signin/google", base_url=BASE_URL).status_code == 400
    assert google.seen == []


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_no_address_in_a_parameter_leads_elsewhere(guest: Guest, let_owner: Let, address: str) -> None:
    let_owner()
    form = {"next": address, "wanted": address, "redirect_uri": address, "invitation": address}
    back = answer_there(guest.leave("google", **form), "g-owner")
    assert guest.get(f"{back}&next={address}&redirect_uri={address}").headers["Location"] == "/"
