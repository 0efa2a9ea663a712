"""Coming from a provider with an invitation: its mailed link counts, and an address that was vouched for."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from hubsync.services import now
from hubsync.store import db, writing
from hubsync.store.people import Person
from hubsync.store.teams import Invitation, Membership, Team
from tests.identity.provider import Proxy, answer_there
from tests.identity.setting import (
    Guest,
    Let,
    given,
    google,
    guest,
    invite,
    let_owner,
    linked,
    microsoft,
    people,
    provider_port,
)
from tests.web.visitor import BASE_URL, OWNER, found, words

__all__ = ["given", "google", "guest", "let_owner", "microsoft", "provider_port"]

JUN = "jun@acme.example"


def test_an_invited_verified_address_is_let_in_but_joins_by_a_press(
    app: Flask, team: Team, guest: Guest, google: Proxy
) -> None:
    invite(app, team, JUN)
    google.knows("g-jun", email="Jun@Acme.example", email_verified=True, name="Jun Mori")
    assert guest.come_in("g-jun").headers["Location"] == "/"
    assert guest.is_in() == JUN
    assert linked(app) == {"g-jun": JUN}
    with app.app_context():
        assert db.session.query(Person).filter_by(email=JUN).one().name == "Jun Mori"
        assert db.session.query(Membership).count() == 1
        assert db.session.query(Invitation).count() == 1


def test_an_expired_invitation_lets_nobody_in(app: Flask, team: Team, guest: Guest, google: Proxy) -> None:
    invite(app, team, JUN)
    google.knows("g-jun", email=JUN, email_verified=True)
    there = guest.leave()
    back = answer_there(there, "g-jun")
    with app.app_context(), writing() as session:
        session.query(Invitation).one().expires_at = now() - timedelta(seconds=1)
    assert guest.get(back).headers["Location"] == "/signin/new-account"
    assert guest.is_in() is None
    assert people(app) == {OWNER}


def test_the_mailed_link_makes_any_account_the_invited_persons(
    app: Flask, team: Team, guest: Guest, microsoft: Proxy
) -> None:
    token = invite(app, team, JUN)
    microsoft.knows("m-jun", email="private@elsewhere.example", name="Jun")
    page = guest.open(f"/invitations/{token}")
    assert "Continue with Microsoft" in words(page)
    form = {"csrf_token": guest.token(f"/invitations/{token}"), "provider": "microsoft"}
    answer = guest.client.post(f"/invitations/{token}", base_url=BASE_URL, data=form)
    assert answer.status_code == 307
    there = guest.client.post(answer.headers["Location"], base_url=BASE_URL, data=form)
    answer = guest.get(answer_there(there.headers["Location"], "m-jun"))
    assert answer.headers["Location"] == "/teams/acme/calendars"
    assert "Welcome to Acme" in words(guest.open("/teams/acme/calendars"))
    assert guest.is_in() == JUN
    assert linked(app) == {"m-jun": JUN}
    with app.app_context():
        assert db.session.query(Invitation).count() == 0


def test_the_mailed_link_links_no_account_to_somebody_who_is_here_already(
    app: Flask, team: Team, guest: Guest, google: Proxy
) -> None:
    found(app, "Other", JUN)
    token = invite(app, team, JUN)
    google.knows("g-finder", email="finder@elsewhere.example", email_verified=True)
    with guest.client.session_transaction(base_url=BASE_URL) as session:
        session["invitation"] = token
    assert guest.come_in("g-finder").headers["Location"] == "/signin/new-account"
    assert guest.is_in() is None
    assert linked(app) == {}


def test_an_invitation_counts_for_the_sign_in_that_it_began(
    app: Flask, team: Team, guest: Guest, google: Proxy
) -> None:
    token = invite(app, team, JUN)
    google.knows("g-next", email="next@elsewhere.example", email_verified=True)
    with guest.client.session_transaction(base_url=BASE_URL) as session:
        session["invitation"] = token
    guest.leave()  # and gives up at Google; then somebody else signs in
    assert guest.come_in("g-next").headers["Location"] == "/signin/new-account"
    assert people(app) == {OWNER}


def test_a_spent_invitation_is_said_and_joins_nobody(app: Flask, team: Team, guest: Guest, google: Proxy) -> None:
    google.knows("g-jun", email=JUN, email_verified=True)
    with guest.client.session_transaction(base_url=BASE_URL) as session:
        session["invitation"] = "t" * 43
    assert guest.come_in("g-jun").headers["Location"] == "/signin/new-account"
    assert "The invitation was used already" in words(guest.open("/signin/new-account"))
    assert guest.is_in() is None
    assert linked(app) == {}


def test_a_known_identity_is_asked_before_it_joins(app: Flask, team: Team, guest: Guest, let_owner: Let) -> None:
    let_owner()
    token = invite(app, team, JUN)
    guest.open(f"/invitations/{token}")
    with guest.client.session_transaction(base_url=BASE_URL) as session:
        session["invitation"] = token
    assert guest.come_in("g-owner").headers["Location"] == "/invitations/kept"
    assert "Join as owner@acme.example" not in words(guest.open("/invitations/kept")), "is in the team already"
    assert guest.is_in() == OWNER
    with app.app_context():
        assert db.session.query(Invitation).count() == 1
