"""A mailed link and the browser that asked for it: silent there, and nowhere without naming whom it signs in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.services import now
from hubsync.services.people import sessions
from hubsync.services.signin import links
from hubsync.services.teams import members
from hubsync.store import db
from hubsync.store.people import SigninLink
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.mail_server import MailServer
from tests.kit.page import words
from tests.kit.settings import BASE_URL, OWNER
from tests.kit.world import create_team

BOB, CAROL = "bob@beta.test", "carol@acme.example"


@pytest.fixture
def beta(app: Flask) -> Team:
    return create_team(app, "Beta", BOB)


@pytest.fixture
def carol(app: Flask, team: Team) -> Browser:
    """Somebody of Acme, signed in."""
    create_team(app, "Carols", CAROL)
    return Browser(app).sign_in(CAROL)


def printed(app: Flask, email: str = BOB) -> str:
    """As `flask signin-link` and `flask team create` print it: no browser asked for it."""
    with app.app_context():
        return links.make_link(email)


def mailed(smtp: MailServer, asker: Browser, email: str = BOB) -> str:
    """The link that *asker* asked for."""
    before = len(smtp.mails)
    asker.post("/signin", page="/account" if who_is_in(asker) else "/signin", email=email)
    text = smtp.wait_for_mail(before + 1)[-1].get_content()
    link = re.search(r"http://localhost:8000/signin/link/\S+", text)
    assert link is not None
    return link[0]


def who_is_in(visitor: Browser) -> str | None:
    with visitor.client.session_transaction(base_url=BASE_URL) as session:
        token = session.get("signed_in")
    with visitor.app.app_context():
        person = sessions.find_signed_in(token) if token else None
        return person.email if person else None


def test_the_browser_that_asked_signs_in_with_one_press_and_no_word_more(
    app: Flask, beta: Team, smtp: MailServer
) -> None:
    bob = Browser(app)
    link = mailed(smtp, bob)
    page = words(bob.open(link))
    assert "Welcome back One press and you are in." in page
    assert "beta.test" not in page
    assert bob.post(link, page=link).headers["Location"] == "/"
    assert "You are signed in as" not in words(bob.open("/teams/beta/calendars"))
    assert who_is_in(bob) == BOB


def test_asking_again_leaves_the_first_link_as_good(app: Flask, beta: Team, smtp: MailServer) -> None:
    bob = Browser(app)
    first, second = mailed(smtp, bob), mailed(smtp, bob)
    for link in (second, first):
        assert "One press and you are in" in words(bob.open(link))


@pytest.mark.parametrize("made", ["mailed", "printed", "of before"])
def test_another_browser_names_whom_the_link_signs_in(app: Flask, beta: Team, smtp: MailServer, made: str) -> None:
    link = printed(app) if made != "mailed" else mailed(smtp, Browser(app))
    phone = Browser(app)
    if made == "of before":  # links of an older version knew no browser; a browser may hold an empty secret
        with phone.client.session_transaction(base_url=BASE_URL) as session:
            session["asking"] = ""
    page = words(phone.open(link))
    assert "This link signs you in as b…@beta.test" in page
    assert "Sign in as b…@beta.test" in page
    assert BOB not in phone.get(link).text
    assert "You are signed in" not in page
    assert phone.post(link, page=link).headers["Location"] == "/"
    assert f"You are signed in as {BOB}." in words(phone.open("/teams/beta/calendars"))
    assert who_is_in(phone) == BOB


def test_who_is_signed_in_is_told_before_and_after(app: Flask, beta: Team, carol: Browser) -> None:
    link = printed(app)
    page = words(carol.open(link))
    assert f"You are signed in as {CAROL}. This signs you in as b…@beta.test instead." in page
    assert BOB not in page
    assert who_is_in(carol) == CAROL, "opening changes nothing"
    carol.post(link, page=link)
    assert who_is_in(carol) == BOB
    told = words(carol.open("/teams/beta/calendars"))
    assert f"You are signed in as {BOB}, and {CAROL} is signed out here." in told


def test_also_the_browser_that_asked_is_told_when_somebody_is_signed_in(
    app: Flask, beta: Team, carol: Browser, smtp: MailServer
) -> None:
    link = mailed(smtp, carol)
    page = words(carol.open(link))
    assert f"You are signed in as {CAROL}. This signs you in as b…@beta.test instead." in page
    carol.post(link, page=link)
    assert f"You are signed in as {BOB}, and {CAROL} is signed out here." in words(carol.open("/account"))


def test_a_press_that_the_page_did_not_come_before_shows_the_page(app: Flask, beta: Team, carol: Browser) -> None:
    link = printed(app)
    for visitor, page in ((carol, "/account"), (Browser(app), "/signin")):
        before = who_is_in(visitor)
        answer = visitor.post(link, page=page)
        assert answer.status_code == 409
        assert "This link signs you in as b…@beta.test" in words(answer)
        assert who_is_in(visitor) == before
    carol.post(link, page="/account")
    assert who_is_in(carol) == BOB, "the answer was the page, so the next press counts"


def test_who_signs_in_between_page_and_press_is_told_first(app: Flask, beta: Team, carol: Browser) -> None:
    browser, link = Browser(app), printed(app)
    browser.open(link)
    with browser.client.session_transaction(base_url=BASE_URL) as session:
        told = session["told"]
    browser.sign_in(CAROL)
    with browser.client.session_transaction(base_url=BASE_URL) as session:
        session["told"] = told  # even if the session had kept it
    assert browser.post(link, page="/account").status_code == 409
    assert who_is_in(browser) == CAROL


def test_the_page_of_one_link_says_nothing_of_another(app: Flask, beta: Team, carol: Browser) -> None:
    first, second = printed(app), printed(app, OWNER)
    carol.open(first)
    assert carol.post(second, page="/account").status_code == 409
    assert who_is_in(carol) == CAROL


def test_somebody_already_signed_in_as_that_is_asked_no_more_than_needed(app: Flask, beta: Team) -> None:
    bob, link = Browser(app).sign_in(BOB), printed(app)
    page = words(bob.open(link))
    assert "instead" not in page
    bob.post(link, page=link)
    assert f"You are signed in as {BOB}." in words(bob.open("/account"))


def test_a_browser_that_lost_its_cookies_is_another_one(app: Flask, beta: Team, smtp: MailServer) -> None:
    bob = Browser(app)
    link = mailed(smtp, bob)
    bob.client.delete_cookie("hubsync", domain="localhost")
    assert "This link signs you in as b…@beta.test" in words(bob.open(link))


def test_the_browsers_secret_ends_with_the_session(app: Flask, beta: Team, smtp: MailServer) -> None:
    bob = Browser(app)
    first, second = mailed(smtp, bob), mailed(smtp, bob)
    bob.post(first, page=first)
    bob.post("/signout", page="/account")
    assert "This link signs you in as b…@beta.test" in words(bob.open(second))


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_spends_nothing_and_signs_nobody_in(app: Flask, beta: Team, method: str) -> None:
    link, scanner = printed(app), Browser(app)
    for _ in range(3):
        getattr(scanner.client, method)(link, base_url=BASE_URL)
    assert who_is_in(scanner) is None
    with app.app_context():
        assert db.session.query(SigninLink).one().used_at is None


def test_a_dead_link_names_nobody(app: Flask, beta: Team, carol: Browser) -> None:
    spent, old = printed(app), printed(app)
    other = Browser(app)
    other.post(spent, page=spent)
    for visitor in (carol, Browser(app)):
        for link, later in ((spent, 0), (old, 11), (f"{BASE_URL}/signin/link/{'x' * 43}", 0)):
            with time_machine.travel(now() + timedelta(minutes=later)):
                answer = visitor.get(link)
            assert answer.status_code == 410
            assert "does not work any more" in words(answer)
            assert "b…@beta.test" not in answer.text


def test_of_the_browsers_secret_only_a_hash_is_kept(app: Flask, beta: Team, smtp: MailServer) -> None:
    bob = Browser(app)
    mailed(smtp, bob)
    with bob.client.session_transaction(base_url=BASE_URL) as session:
        secret = session["asking"]
    assert len(secret) == 43
    with app.app_context():
        row = db.session.query(SigninLink).one()
        assert secret not in {str(value) for value in vars(row).values()}


def test_a_removed_colleague_is_not_named_by_the_page(app: Flask, beta: Team) -> None:
    with app.app_context():
        members.create_team("Short", "bo@beta.test", "free")
    page = words(Browser(app).open(printed(app, "bo@beta.test")))
    assert "This link signs you in as …@beta.test" in page
