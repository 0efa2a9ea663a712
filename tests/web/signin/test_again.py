"""Signing in again before what hurts: who is asked, by which ways, and how what was begun goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.teams import members
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.identity_provider import Json, Proxy, answer_there, parameters
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import read_page, words
from tests.kit.provider_signin import Guest, linked, mailed, registered
from tests.kit.settings import BASE_URL, OWNER, change_settings

JUN = "jun@acme.example"
SETTINGS = "/teams/acme/settings"
AGAIN, GO_ON = "/signin/again", "/signin/go-on"


@pytest.fixture
def given(google: Proxy, microsoft: Proxy, another: Proxy) -> dict[str, str]:
    return registered(google, microsoft, another)


@pytest.fixture
def jun(app: Flask, team: Team) -> int:
    with app.app_context():
        return join(team.id, JUN, Role.MEMBER).id


@pytest.fixture
def owner(app: Flask, team: Team) -> Guest:
    """Signed in just now."""
    made = Guest(app)
    made.sign_in()
    return made


@pytest.fixture
def later(owner: Guest) -> Iterator[None]:
    """The test goes on 20 minutes after whatever its other fixtures did."""
    with time_machine.travel(now() + timedelta(minutes=20)):
        yield


def promote(owner: Browser, person_id: int, role: str = "administrator") -> str:
    """Where the press of *Make administrator* leads."""
    sent = owner.post(f"{SETTINGS}/members/{person_id}/role", page=f"{SETTINGS}/members", role=role)
    return str(sent.headers.get("Location"))


def sign_in_anew(owner: Guest) -> None:
    """As by any of the ways, in the same browser."""
    with owner.session() as session:
        kept = dict(session)
    owner.sign_in()
    with owner.session() as session:
        session.update({"again": kept["again"], "wanted": kept["wanted"]})


def role_of(app: Flask, team: Team, person_id: int) -> Role:
    with app.app_context():
        return next(each.role for each in members.list_members(team.id) if each.person_id == person_id)


def test_a_sign_in_of_the_last_minutes_is_enough(app: Flask, owner: Guest, team: Team, jun: int) -> None:
    assert promote(owner, jun) == f"{SETTINGS}/members"
    assert role_of(app, team, jun) == Role.ADMINISTRATOR


@pytest.mark.usefixtures("later")
def test_what_hurts_less_asks_nobody(app: Flask, owner: Guest, team: Team, jun: int) -> None:
    assert promote(owner, jun, "member") == f"{SETTINGS}/members"


@pytest.mark.usefixtures("later")
def test_by_a_mailed_link_what_was_pressed_is_pressed_again(
    app: Flask, owner: Guest, team: Team, jun: int, smtp: MailServer
) -> None:
    assert promote(owner, jun) == AGAIN
    page = owner.open(AGAIN)
    assert "Make somebody an administrator" in page.words
    assert role_of(app, team, jun) == Role.MEMBER
    sent = read_page(owner.submit(page, "Mail me a sign-in link"))
    assert "and you go on with “Make somebody an administrator”." in sent.words
    assert [each["href"] for each in sent.select("main p > a")] == [AGAIN, "/"]
    link = mailed(smtp)
    assert "One press, and you go on with “Make somebody an administrator”." in owner.open(link).words
    signed_in = owner.press(link)
    assert signed_in.headers["Location"] == GO_ON
    done = owner.submit(owner.open(GO_ON), "Make somebody an administrator")
    assert done.headers["Location"] == f"{SETTINGS}/members"
    assert role_of(app, team, jun) == Role.ADMINISTRATOR
    assert owner.get(GO_ON).headers["Location"] == "/", "it is offered once"


@pytest.mark.usefixtures("later")
def test_a_page_that_asks_for_something_typed_is_opened_after_signing_in(owner: Guest, smtp: MailServer) -> None:
    assert owner.get(f"{SETTINGS}/delete").headers["Location"] == AGAIN
    owner.submit(owner.open(AGAIN), "Mail me a sign-in link")
    assert owner.press(mailed(smtp)).headers["Location"] == f"{SETTINGS}/delete"


def test_what_was_typed_is_kept_but_for_secrets(app: Flask, owner: Guest, team: Team) -> None:
    token = owner.token("/account")
    with time_machine.travel(now() + timedelta(minutes=20)):
        owner.send(f"{SETTINGS}/delete", {"csrf_token": token, "typed_name": "Acme <&>"})
        sign_in_anew(owner)
        page = owner.open(GO_ON)
        assert page.select_one("main input[name=typed_name]")["value"] == "Acme <&>"
        assert "btn-outline-danger" in page.select_one("main button").classes
        key = {"csrf_token": owner.token("/account"), "key": "pat-na1-secret"}
    with time_machine.travel(now() + timedelta(minutes=40)):
        where = f"{SETTINGS}/integrations/hubspot/service-key"
        owner.send(where, key, headers={"Referer": f"{BASE_URL}{where}"})
        with owner.session() as session:
            assert (session["again"]["fields"], session["wanted"][0]) == ([], "again.go_back")
        sign_in_anew(owner)
        assert owner.get("/signin/go-back").headers["Location"] == where
        assert "enter them once more" in words(owner.open("/account"))


@pytest.mark.usefixtures("later")
def test_what_somebody_was_about_to_do_is_nobody_elses(app: Flask, owner: Guest, team: Team, jun: int) -> None:
    promote(owner, jun)
    with owner.session() as session:
        kept = session["again"]
    jun_in_the_same_browser = Browser(app).sign_in(JUN)
    with jun_in_the_same_browser.session() as session:
        session["again"] = kept
    assert jun_in_the_same_browser.get(GO_ON).headers["Location"] == "/"


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize(
    "referrer", ["https://evil.example/x", "//evil.example", "/\\evil.example", f"{BASE_URL}//evil.example/x", ""]
)
def test_cancel_leads_to_no_other_site(owner: Guest, referrer: str) -> None:
    owner.get(f"{SETTINGS}/delete", headers={"Referer": referrer})
    assert owner.open(AGAIN).select("main a")[-1]["href"] == "/"


def test_staying_signed_in_after_ones_own_deed_is_no_proof(app: Flask, owner: Guest, team: Team, jun: int) -> None:
    with time_machine.travel(now() + timedelta(minutes=10)):
        owner.press(f"{SETTINGS}/hand-over", person=str(jun), typed_name="Acme")
    with time_machine.travel(now() + timedelta(minutes=20)):
        assert owner.get(f"{SETTINGS}/integrations/hubspot/service-key").headers["Location"] == AGAIN


def says_when(minutes_ago: int | None) -> Callable[[Json], object]:
    """A provider's claims that tell when the person signed in there, or not."""
    if minutes_ago is None:
        return lambda claims: claims.pop("auth_time", None)
    return lambda claims: claims.update(auth_time=int(time.time()) - 60 * minutes_ago)


class TestByAProvider:
    @pytest.fixture
    def at(self, app: Flask, owner: Guest, another: Proxy, google: Proxy) -> Guest:
        """The owner, with an account at each of two providers."""
        another.knows("any-owner")
        google.knows("g-owner")
        owner.get(answer_there(owner.link("oidc"), "any-owner"))
        owner.get(answer_there(owner.link("google"), "g-owner"))
        assert linked(app) == {"any-owner": OWNER, "g-owner": OWNER}
        return owner

    def leave(self, owner: Guest, label: str) -> str:
        assert owner.get(f"{SETTINGS}/delete").headers["Location"] == AGAIN
        return str(owner.submit(owner.open(AGAIN), f"Continue with {label}").headers["Location"])

    @pytest.mark.parametrize(("minutes_ago", "where"), [(1, f"{SETTINGS}/delete"), (30, AGAIN), (None, AGAIN)])
    def test_it_has_to_say_that_the_person_signed_in_there_just_now(
        self, at: Guest, another: Proxy, later: None, minutes_ago: int | None, where: str
    ) -> None:
        another.claims = says_when(minutes_ago)
        there = self.leave(at, "Acme Login")
        assert parameters(there)["prompt"] == "login"
        assert parameters(there)["max_age"] == "900"
        assert at.get(answer_there(there, "any-owner")).headers["Location"] == where
        if where == AGAIN:
            assert "Acme Login did not ask you to sign in there again" in words(at.open(AGAIN))

    def test_google_never_says_when_so_coming_back_is_enough(self, at: Guest, google: Proxy, later: None) -> None:
        google.claims = says_when(None)
        there = self.leave(at, "Google")
        assert at.get(answer_there(there, "g-owner")).headers["Location"] == f"{SETTINGS}/delete"

    @pytest.mark.parametrize(("minutes_ago", "asked"), [(1, False), (30, True), (None, True)])
    def test_signing_in_by_a_session_of_before_there_is_no_recent_sign_in_here(
        self, app: Flask, at: Guest, another: Proxy, minutes_ago: int | None, asked: bool
    ) -> None:
        another.claims = says_when(minutes_ago)
        visitor = Guest(app)
        visitor.come_in("any-owner", "oidc")
        assert visitor.is_in() == OWNER
        answer = visitor.get(f"{SETTINGS}/delete")
        assert (answer.headers.get("Location") == AGAIN) == asked

    def test_without_links_only_ones_own_accounts_are_offered(self, app: Flask, at: Guest, later: None) -> None:
        change_settings(app, signin_links=False)
        at.get(f"{SETTINGS}/delete")
        buttons = [each.words for each in at.open(AGAIN).select("main form button")]
        assert buttons == ["Continue with Acme Login", "Continue with Google"]


@pytest.mark.usefixtures("later")
def test_where_no_way_is_left_it_says_who_can_make_one(app: Flask, owner: Guest) -> None:
    change_settings(app, signin_links=False)
    owner.get(f"{SETTINGS}/delete")
    page = owner.open(AGAIN)
    assert "flask signin-link" in page.words
    assert page.select("main form") == []
