"""Coming from a provider with an invitation: its mailed link counts, and an address that was vouched for."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from hubsync.services import now
from hubsync.store import db, write_transaction
from hubsync.store.people import Identity, Person
from hubsync.store.teams import Invitation, Membership, Team
from tests.kit.identity_provider import Proxy, answer_there
from tests.kit.mail_server import MailServer
from tests.kit.page import words
from tests.kit.provider_signin import (
    Guest,
    Let,
    given,
    guest,
    invite,
    let_owner,
    linked,
    mailed,
    people,
    wait_for_mails,
)
from tests.kit.settings import BASE_URL, OWNER
from tests.kit.world import create_team

__all__ = ["given", "guest", "let_owner"]

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
    with app.app_context(), write_transaction() as session:
        session.query(Invitation).one().expires_at = now() - timedelta(seconds=1)
    assert guest.get(back).headers["Location"] == "/signin/new-account"
    assert guest.is_in() is None
    assert people(app) == {OWNER}


def continue_with(guest: Guest, provider: str, token: str, subject: str) -> str:
    """Press Continue with … on the page of the invitation, sign in there, come back; where that leads."""
    form = {"csrf_token": guest.token(f"/invitations/{token}"), "provider": provider}
    answer = guest.client.post(f"/invitations/{token}", base_url=BASE_URL, data=form)
    assert answer.status_code == 307
    there = guest.client.post(answer.headers["Location"], base_url=BASE_URL, data=form)
    return str(guest.get(answer_there(there.headers["Location"], subject)).headers["Location"])


def test_an_account_of_another_address_becomes_the_invited_persons_by_a_link_mailed_there(
    app: Flask, team: Team, guest: Guest, google: Proxy, smtp: MailServer
) -> None:
    token = invite(app, team, JUN)
    google.knows("g-jun", email="private@elsewhere.example", email_verified=True, name="Jun")
    assert continue_with(guest, "google", token, "g-jun") == "/signin/new-account"
    assert (guest.is_in(), people(app)) == (None, {OWNER})
    page = words(guest.open("/signin/new-account"))
    assert f"The invitation is for {JUN}, and you came from Google as private@elsewhere.example." in page
    link = mailed(smtp)
    assert smtp.mails[0]["To"] == JUN
    assert "invitation" in smtp.mails[0].get_content()
    stranger = Guest(app)
    assert stranger.post(link).status_code == 403, "its owner lets in nobody else by pressing"
    assert "private@elsewhere.example" in words(guest.open(link))
    assert guest.post(link, page=link).headers["Location"] == "/invitations/kept"
    assert guest.is_in() == JUN
    assert linked(app) == {"g-jun": JUN}
    guest.post("/invitations/kept", page="/invitations/kept")
    assert "Acme" in words(guest.open("/teams/acme/calendars"))
    with app.app_context():
        assert db.session.query(Invitation).count() == 0
        assert db.session.query(Identity).filter_by(subject="g-jun").one().shown == "private@elsewhere.example"


def test_an_account_without_an_address_proves_the_invited_one_too(
    app: Flask, team: Team, guest: Guest, google: Proxy, smtp: MailServer
) -> None:
    token = invite(app, team, JUN)
    google.knows("g-jun")
    continue_with(guest, "google", token, "g-jun")
    assert "names no e-mail address" in words(guest.open("/signin/new-account"))
    link = mailed(smtp)
    guest.post(link, page=link)
    assert guest.is_in() == JUN


def test_the_invited_address_vouched_for_joins_without_a_mail(
    app: Flask, team: Team, guest: Guest, google: Proxy, smtp: MailServer
) -> None:
    token = invite(app, team, JUN)
    google.knows("g-jun", email="JUN@acme.example", email_verified=True)
    assert continue_with(guest, "google", token, "g-jun") == "/teams/acme/calendars"
    assert "Welcome to Acme" in words(guest.open("/teams/acme/calendars"))
    assert guest.is_in() == JUN
    wait_for_mails()
    assert smtp.mails == []


def test_the_invited_address_not_vouched_for_is_proven_by_a_mail(
    app: Flask, team: Team, guest: Guest, microsoft: Proxy, smtp: MailServer
) -> None:
    token = invite(app, team, JUN)
    microsoft.knows("m-jun", email=JUN)
    assert continue_with(guest, "microsoft", token, "m-jun") == "/signin/new-account"
    assert people(app) == {OWNER}
    link = mailed(smtp)
    guest.post(link, page=link)
    assert guest.is_in() == JUN


def test_another_vouched_and_invited_address_does_not_take_up_this_invitation(
    app: Flask, team: Team, guest: Guest, google: Proxy
) -> None:
    """Bo is invited as a member and has found Jun's invitation."""
    token = invite(app, team, JUN)
    invite(app, create_team(app, "Beta"), "bo@beta.test", "b" * 43)
    google.knows("g-bo", email="bo@beta.test", email_verified=True)
    assert continue_with(guest, "google", token, "g-bo") == "/invitations/kept"
    assert guest.is_in() == "bo@beta.test"
    assert f"The invitation is for {JUN}, and you are signed in as bo@beta.test" in words(
        guest.open("/invitations/kept")
    )
    with app.app_context():
        assert db.session.query(Invitation).count() == 2


def test_the_mailed_link_links_no_account_to_somebody_who_is_here_already(
    app: Flask, team: Team, guest: Guest, google: Proxy
) -> None:
    create_team(app, "Other", JUN)
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
