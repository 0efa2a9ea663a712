"""An unknown account under an address somebody has: confirmed by a mailed link, in the browser that began."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.store import db, write_transaction
from hubsync.store.people import UnconfirmedIdentity
from hubsync.store.teams import Invitation, Team
from tests.kit.identity_provider import Proxy, answer_there
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.provider_signin import (
    Guest,
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

__all__ = ["given", "guest", "let_owner"]

JUN = "jun@acme.example"


@pytest.fixture
def begun(guest: Guest, microsoft: Proxy) -> Guest:
    """Somebody came from Microsoft under the owner's address, which Microsoft does not vouch for."""
    microsoft.knows("m-owner", email=OWNER, name="Mika Sato")
    answer = guest.come_in("m-owner", "microsoft")
    assert answer.headers["Location"] == "/signin/new-account"
    return guest


def test_the_link_links_the_account_and_signs_in(app: Flask, begun: Guest, smtp: MailServer) -> None:
    assert begun.is_in() is None
    link = mailed(smtp)
    page = words(begun.open(link))
    assert "Microsoft" in page
    assert OWNER in page
    answer = begun.post(link, page=link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert begun.is_in() == OWNER
    assert linked(app) == {"m-owner": OWNER}
    later = Guest(app)
    later.come_in("m-owner", "microsoft")
    assert later.is_in() == OWNER
    assert len(smtp.mails) == 1, "it asks no more"


def test_an_invited_person_is_made_by_confirming_and_joins_by_a_press(
    app: Flask, team: Team, guest: Guest, microsoft: Proxy, smtp: MailServer
) -> None:
    invite(app, team, JUN)
    microsoft.knows("m-jun", email=JUN, name="Jun")
    guest.come_in("m-jun", "microsoft")
    assert people(app) == {OWNER}
    link = mailed(smtp)
    guest.post(link, page=link)
    assert guest.is_in() == JUN
    assert linked(app) == {"m-jun": JUN}
    with app.app_context():
        assert db.session.query(Invitation).count() == 1


def test_an_invitation_that_was_withdrawn_meanwhile_makes_nobody(
    app: Flask, team: Team, guest: Guest, microsoft: Proxy, smtp: MailServer
) -> None:
    invite(app, team, JUN)
    microsoft.knows("m-jun", email=JUN)
    guest.come_in("m-jun", "microsoft")
    link = mailed(smtp)
    with app.app_context(), write_transaction() as session:
        session.query(Invitation).delete()
    assert guest.post(link, page=link).status_code == 410
    assert people(app) == {OWNER}
    assert guest.is_in() is None


def test_a_vouched_address_of_an_existing_person_is_confirmed_too(
    app: Flask, guest: Guest, google: Proxy, smtp: MailServer
) -> None:
    google.knows("g-owner", email=OWNER, email_verified=True)
    guest.come_in("g-owner")
    assert guest.is_in() is None
    link = mailed(smtp)
    guest.post(link, page=link)
    assert guest.is_in() == OWNER


def test_opening_the_link_uses_nothing_up(app: Flask, begun: Guest, smtp: MailServer) -> None:
    link = mailed(smtp)
    for _ in range(3):
        begun.open(link)
    assert (begun.is_in(), linked(app)) == (None, {})
    begun.post(link, page=link)
    assert begun.is_in() == OWNER


def test_the_owner_of_the_address_confirms_no_strangers_account(
    app: Flask, begun: Guest, smtp: MailServer
) -> None:
    """A stranger sets the owner's address at Microsoft; the owner opens the mail and presses whatever there is."""
    link = mailed(smtp)
    for victim in (Guest(app), Guest(app).sign_in()):
        opened = victim.get(link)
        assert opened.status_code == 403
        assert "Open this link where you began" in words(opened)
        page = "/account" if victim.is_in() else "/signin"
        assert victim.post(link, page=page).status_code == 403
        assert linked(app) == {}
    begun.post(link, page=link)
    assert begun.is_in() == OWNER, "it still works where it was begun"


def test_a_link_works_once(app: Flask, begun: Guest, smtp: MailServer) -> None:
    link = mailed(smtp)
    with begun.client.session_transaction(base_url=BASE_URL) as session:
        secret = session["confirming"]
    begun.post(link, page=link)
    again = Guest(app)
    again.open("/signin")
    with again.client.session_transaction(base_url=BASE_URL) as session:
        session["confirming"] = secret
    answer = again.post(link)
    assert answer.status_code == 410
    assert "does not work any more" in words(answer)
    assert again.is_in() is None


def test_a_link_works_for_ten_minutes(begun: Guest, smtp: MailServer) -> None:
    link = mailed(smtp)
    with time_machine.travel(now() + timedelta(minutes=9, seconds=50)):
        begun.open(link)
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        assert begun.get(link).status_code == 410
        assert begun.post(link).status_code == 410
    assert begun.is_in() is None


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "../../account"])
def test_a_link_that_never_was_says_so(begun: Guest, token: str) -> None:
    assert begun.get(f"/signin/confirm/{token}").status_code in {404, 410}


def test_an_account_that_became_somebody_elses_meanwhile_stays_theirs(
    app: Flask, team: Team, begun: Guest, microsoft: Proxy, smtp: MailServer
) -> None:
    link = mailed(smtp)
    with app.app_context():
        join(team.id, JUN, Role.MEMBER)
    jun = Guest(app).sign_in(JUN)
    assert isinstance(jun, Guest)
    jun.get(answer_there(jun.link("microsoft"), "m-owner"))
    assert linked(app) == {"m-owner": JUN}
    answer = begun.post(link, page=link)
    assert answer.status_code == 400
    assert "belongs to somebody else" in words(answer)
    assert linked(app) == {"m-owner": JUN}
    assert begun.is_in() is None


def test_the_mail_says_nothing_that_a_stranger_wrote(guest: Guest, microsoft: Proxy, smtp: MailServer) -> None:
    microsoft.knows("m-owner", email=OWNER, name="Call +1 555 canary now")
    guest.come_in("m-owner", "microsoft")
    wait_for_mails()
    assert "canary" not in smtp.mails[0].as_string()
    assert "Microsoft" in smtp.mails[0].get_content()


def test_the_database_holds_neither_of_the_two_secrets(app: Flask, begun: Guest, smtp: MailServer) -> None:
    token = mailed(smtp).rsplit("/", 1)[-1]
    with begun.client.session_transaction(base_url=BASE_URL) as session:
        secret = session["confirming"]
    with app.app_context():
        (row,) = db.session.query(UnconfirmedIdentity)
        assert not {token, secret} & {str(value) for value in vars(row).values()}


def test_who_is_signed_in_meanwhile_is_told_before_another_takes_over(
    app: Flask, team: Team, guest: Guest, microsoft: Proxy, smtp: MailServer
) -> None:
    """Somebody signed in comes back from Microsoft under the owner's address, and opens the mailed link."""
    with app.app_context():
        join(team.id, JUN, Role.MEMBER)
    guest.sign_in(JUN)
    microsoft.knows("m-owner", email=OWNER)
    there = guest.post("/signin/microsoft", page="/account").headers["Location"]
    guest.get(answer_there(there, "m-owner"))
    link = mailed(smtp)
    assert guest.post(link, page="/account").status_code == 409
    assert f"You are signed in as {JUN}. This signs you in as o…@acme.example instead." in words(guest.open(link))
    assert guest.is_in() == JUN
    guest.post(link, page=link)
    assert guest.is_in() == OWNER
    assert f"You are signed in as {OWNER}, and {JUN} is signed out here." in words(guest.open("/account"))
