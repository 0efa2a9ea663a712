"""Copied cookies: what still opens a door with them, and what does not any more."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.roles import Role
from hubsync.services.teams import members as team_members
from hubsync.services.teams.ownership import hand_over
from hubsync.store import end_read
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import OWNER
from tests.kit.world import create_team

ACCOUNT = "/account"
KENJI = "kenji@acme.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 (KHTML, like Gecko) Version/19.0 Safari/604.1"


@pytest.fixture
def kenji(app: Flask, team: Team) -> Browser:
    """A member of Acme, signed in."""
    with app.app_context():
        join(team.id, KENJI, Role.MEMBER)
    return Browser(app).sign_in(KENJI)


def thief(app: Flask, victim: Browser) -> Browser:
    """A browser that has a copy of the cookie; it works at this moment."""
    copied = victim.client.get_cookie("hubsync", domain="localhost")
    assert copied is not None
    made = Browser(app)
    made.client.set_cookie("hubsync", copied.value, domain="localhost")
    assert is_in(made)
    return made


def is_in(visitor: Browser) -> bool:
    answer = visitor.get(ACCOUNT)
    if answer.status_code == 200:
        return True
    assert answer.headers["Location"] == "/signin"
    return False


def person_id(app: Flask, team: Team, email: str) -> int:
    with app.app_context():
        members = {each.person.email: each.person_id for each in team_members.list_members(team.id)}
        end_read()
        return members[email]


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, owner: Browser) -> None:
    copy = thief(app, owner)
    owner.post("/signout", page=ACCOUNT)
    assert (is_in(owner), is_in(copy)) == (False, False)


def test_all_cookies_are_dead_after_signing_out_everywhere(app: Flask, owner: Browser) -> None:
    elsewhere, copy = Browser(app).sign_in(), thief(app, owner)
    answer = owner.post(f"{ACCOUNT}/sessions/end-all", page=ACCOUNT)
    assert answer.headers["Location"] == "/signin"
    assert "You are signed out in all browsers, this one too." in words(owner.open("/signin"))
    assert (is_in(owner), is_in(elsewhere), is_in(copy)) == (False, False, False)


def test_signing_out_all_others_kills_copies_of_this_cookie_too(app: Flask, owner: Browser) -> None:
    elsewhere, copy = Browser(app).sign_in(), thief(app, owner)
    answer = owner.post(f"{ACCOUNT}/sessions/end-others", page=ACCOUNT)
    assert answer.headers["Location"] == f"{ACCOUNT}#sessions"
    assert "signed out in all other browsers" in words(owner.open(ACCOUNT))
    assert (is_in(elsewhere), is_in(copy)) == (False, False)


def test_a_copied_cookie_is_dead_after_a_role_change(app: Flask, team: Team, kenji: Browser) -> None:
    copy = thief(app, kenji)
    with app.app_context():
        team_members.change_role(team.id, person_id(app, team, KENJI), Role.ADMINISTRATOR)
    assert (is_in(kenji), is_in(copy)) == (False, False)


def test_a_copied_cookie_is_dead_after_a_removal(app: Flask, team: Team, kenji: Browser) -> None:
    copy = thief(app, kenji)
    with app.app_context():
        team_members.remove_member(team.id, person_id(app, team, KENJI))
    assert (is_in(kenji), is_in(copy)) == (False, False)


def test_copied_cookies_are_dead_after_a_hand_over(app: Flask, team: Team, owner: Browser, kenji: Browser) -> None:
    copies = thief(app, owner), thief(app, kenji)
    old, new = person_id(app, team, OWNER), person_id(app, team, KENJI)
    with app.app_context():
        hand_over(team.id, new, "Acme", by=old)
    assert [is_in(copy) for copy in copies] == [False, False]


def test_a_copied_cookie_is_dead_after_leaving_and_the_leaver_stays(
    app: Flask, team: Team, kenji: Browser
) -> None:
    copy = thief(app, kenji)
    leave = f"{ACCOUNT}/teams/acme/leave"
    assert kenji.post(leave, page=leave).headers["Location"] == ACCOUNT
    assert (is_in(kenji), is_in(copy)) == (True, False)


def test_an_ended_session_of_somebody_else_changes_nothing_for_others(
    app: Flask, owner: Browser, kenji: Browser
) -> None:
    kenji.post(f"{ACCOUNT}/sessions/end-all", page=ACCOUNT)
    assert is_in(owner)


def ids(visitor: Browser) -> list[str]:
    """The sessions that have a button of their own."""
    found = [str(form["action"]) for form in visitor.open(ACCOUNT).select("form[action*='/sessions/']")]
    return [number[1] for each in found if (number := re.search(r"/sessions/(\d+)/end$", each))]


def test_browsers_are_listed_in_words_and_one_can_be_signed_out(app: Flask, owner: Browser) -> None:
    owner.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    phone = Browser(app)
    phone.client.environ_base["HTTP_USER_AGENT"] = IPHONE
    phone.sign_in()
    phone.open(ACCOUNT)
    owner.post("/signout", page=ACCOUNT)
    owner.sign_in()
    rows = [words(row) for row in owner.open(ACCOUNT).select("#sessions ~ ul li")]
    assert len(rows) == 2
    assert rows[0].startswith("Firefox on Linux this browser")
    assert rows[1].startswith("Safari on iPhone")
    assert "last seen" in rows[1]
    (phone_id,) = ids(owner)
    answer = owner.post(f"{ACCOUNT}/sessions/{phone_id}/end", page=ACCOUNT)
    assert answer.headers["Location"] == f"{ACCOUNT}#sessions"
    assert (is_in(owner), is_in(phone)) == (True, False)
    assert ids(owner) == []
    assert owner.open(ACCOUNT).select_one("form[action$='/end-others']") is None


def test_another_persons_session_is_not_found(app: Flask, owner: Browser, kenji: Browser) -> None:
    Browser(app).sign_in(KENJI)
    (strange,) = ids(kenji)
    for wrong in (strange, "999999"):
        assert owner.post(f"{ACCOUNT}/sessions/{wrong}/end", page=ACCOUNT).status_code == 404
    assert is_in(kenji)
    assert len(ids(kenji)) == 1


def test_no_session_ends_without_the_forms_token(app: Flask, owner: Browser) -> None:
    Browser(app).sign_in()
    (other,) = ids(owner)
    for end in ("end-all", "end-others", f"{other}/end"):
        answer = owner.client.post(f"{ACCOUNT}/sessions/{end}", base_url="http://localhost:8000")
        assert answer.status_code == 400
    assert ids(owner) == [other]


def test_the_token_of_a_session_is_nowhere_on_the_page(owner: Browser) -> None:
    with owner.client.session_transaction(base_url="http://localhost:8000") as session:
        token = session["signed_in"]
    shown = owner.get(ACCOUNT).text
    assert token not in shown
    assert fingerprint(token) not in shown


def test_a_person_of_two_teams_leaves_one_and_goes_on_in_the_other(app: Flask, team: Team, kenji: Browser) -> None:
    create_team(app, "Second", KENJI)
    leave = f"{ACCOUNT}/teams/acme/leave"
    assert "Leave Acme?" in words(kenji.open(leave))
    kenji.post(leave, page=leave)
    page = kenji.open(ACCOUNT)
    assert "You do not belong to Acme any more." in words(page)
    assert page.select_one("aside .wordmark")["href"] == "/teams/second/calendars"
    assert kenji.get("/teams/acme/calendars").status_code == 404
