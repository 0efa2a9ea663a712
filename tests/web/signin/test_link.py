from __future__ import annotations

import re

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services.signin import links
from hubsync.services.teams import members
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import read_page, words
from tests.kit.settings import BASE_URL, OWNER


@pytest.fixture
def visitor(app: Flask, team: Team) -> Browser:
    return Browser(app)


def link_for(app: Flask, email: str = OWNER) -> str:
    with app.app_context():
        return links.make_link(email)


def test_a_mailed_link_leads_in(visitor: Browser, smtp: MailServer) -> None:
    answer = visitor.post("/signin", email=OWNER)
    assert "If owner@acme.example belongs to somebody here" in words(answer)
    (mail,) = smtp.wait_for_mail()
    link = next(line for line in mail.get_content().splitlines() if "/signin/link/" in line)
    assert visitor.post(link, page=link).headers["Location"] == "/"
    assert visitor.get("/").headers["Location"] == "/teams/acme/calendars"


def test_a_stranger_reads_the_same_answer(visitor: Browser) -> None:
    known = visitor.post("/signin", email=OWNER)
    stranger = visitor.post("/signin", email="stranger@evil.example")
    assert known.status_code == stranger.status_code == 200
    pages = words(known).replace(OWNER, "X"), words(stranger).replace("stranger@evil.example", "X")
    assert len({re.sub(r"at [\d:]+.[AP]M UTC", "at TIME", page) for page in pages}) == 1


def test_an_address_that_is_for_trying_out_will_do(visitor: Browser) -> None:
    assert "a sign-in link is on its way" in words(visitor.post("/signin", email="mika@acme.test"))


@pytest.mark.parametrize("email", ["", "nonsense", "a@b@c", "mika@acme.example\r\nBcc: x@evil.example"])
def test_what_is_no_address_comes_back_at_the_field(visitor: Browser, smtp: MailServer, email: str) -> None:
    answer = visitor.post("/signin", email=email)
    assert "Please correct this" in words(answer)
    assert 'aria-invalid="true"' in answer.text
    assert smtp.mails == []


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("owner@acme.example, x@evil.example", "more than one @"),
        ("花子@acme.example", "full-width or other letters"),
        ("owner @acme.example", "a space"),
        ("own..er@acme.example", "No mail can be sent"),
        ("o" * 900_000, "too long"),
        ("o@" + "a." * 400_000 + "example", "too long"),
    ],
)
def test_the_cause_is_named_and_nothing_long_is_read_or_sent_back(
    visitor: Browser, typed: str, cause: str
) -> None:
    answer = visitor.post("/signin", email=typed)
    assert cause in words(answer)
    assert len(answer.text) < 50_000


@pytest.mark.parametrize(
    "typed",
    [
        "ｏｗｎｅｒ＠ａｃｍｅ．ｅｘａｍｐｌｅ",
        "Owner＠acme.example",
        " owner@acme.example.\u200b",
        "Mika <OWNER@acme.example>",
    ],
)
def test_an_address_is_known_however_it_is_typed(visitor: Browser, smtp: MailServer, typed: str) -> None:
    assert "If owner@acme.example belongs to somebody here" in words(visitor.post("/signin", email=typed))
    (mail,) = smtp.wait_for_mail()
    assert mail["To"] == OWNER


def test_opening_a_link_uses_nothing_up(app: Flask, visitor: Browser) -> None:
    link = link_for(app)
    for _ in range(3):
        assert "Sign in" in words(visitor.open(link))
    assert visitor.get("/").headers["Location"] == "/signin"
    assert visitor.post(link, page=link).status_code == 302


def test_a_spent_link_says_so(app: Flask, visitor: Browser) -> None:
    link = link_for(app)
    visitor.post(link, page=link)
    other = Browser(app)
    for answer in (other.get(link), other.post(link)):
        assert answer.status_code == 410
        assert "does not work any more" in words(answer)
    assert other.get("/").headers["Location"] == "/signin"


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, visitor: Browser) -> None:
    visitor.sign_in()
    copied = visitor.client.get_cookie("hubsync", domain="localhost")
    assert copied is not None
    visitor.post("/signout", page="/teams/acme/settings")
    thief = Browser(app)
    thief.client.set_cookie("hubsync", copied.value, domain="localhost")
    assert thief.get("/").headers["Location"] == "/signin"


def test_the_session_is_a_new_one_after_signing_in(app: Flask, visitor: Browser) -> None:
    visitor.open("/signin")
    with visitor.client.session_transaction(base_url=BASE_URL) as session:
        planted = session["csrf_token"]
        session["planted"] = "by somebody else"
    visitor.sign_in()
    with visitor.client.session_transaction(base_url=BASE_URL) as session:
        assert "planted" not in session
        assert session.get("csrf_token") != planted


def test_signing_in_leads_to_the_page_one_wanted(visitor: Browser, app: Flask) -> None:
    assert visitor.get("/teams/acme/settings/integrations").headers["Location"] == "/signin"
    link = link_for(app)
    assert visitor.post(link, page=link).headers["Location"] == "/teams/acme/settings/integrations"


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "/\\evil.example", "/%09/evil.example", "https://evil.example", "/%2f%2fevil.example/"],
)
@pytest.mark.parametrize("parameter", ["next", "wanted", "redirect", "url"])
@pytest.mark.quick_cases(6)
def test_no_address_in_a_parameter_leads_elsewhere(
    visitor: Browser, app: Flask, parameter: str, address: str
) -> None:
    visitor.get(f"/?{parameter}={address}")
    visitor.get(f"/signin?{parameter}={address}")
    link = link_for(app)
    answer = visitor.post(f"{link}?{parameter}={address}", page=f"{link}?{parameter}={address}")
    assert answer.headers["Location"] == "/"


def test_somebody_without_a_team_is_told_what_to_do(app: Flask, visitor: Browser) -> None:
    with app.app_context():
        acme = members.create_team("Other", "boss@other.example", "premium")
        person = join(acme.id, "leaver@other.example", Role.MEMBER)
        link = link_for(app, "leaver@other.example")
        members.remove_member(acme.id, person.id)
    visitor.post(link, page=link)
    assert "You do not belong to a team" in words(visitor.open("/"))


class TestWithLinksSwitchedOff:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"SIGNIN_LINKS": "off"}

    def test_no_mail_is_offered_or_sent(self, visitor: Browser, smtp: MailServer, app: Flask) -> None:
        page = visitor.open("/signin")
        assert page.select_one("form:not(.languages)") is None
        assert "switched off" in words(page)

    def test_a_link_from_the_command_line_still_works(self, visitor: Browser, app: Flask) -> None:
        visitor.sign_in()
        assert visitor.get("/").headers["Location"] == "/teams/acme/calendars"

    def test_a_spent_link_leads_back_to_signing_in(self, visitor: Browser, app: Flask) -> None:
        link = link_for(app)
        visitor.post(link, page=link)
        other = Browser(app)
        page = read_page(other.get(link).text)
        assert [each["href"] for each in page.select("main a")] == ["/signin"]
        assert "Get a new link" not in words(page)


class TestWithoutMail:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"MAIL_DEFAULT_SENDER": ""}

    def test_no_link_is_promised_that_cannot_be_mailed(self, visitor: Browser) -> None:
        page = visitor.open("/signin")
        assert page.select_one("form:not(.languages)") is None
        assert "No mail is sent from here yet" in words(page)
        assert "flask signin-link prints one" in words(page)


class TestUnderHttps:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"BASE_URL": "https://hubsync.acme.example"}

    def test_the_cookie_is_bound_to_the_host(self, app: Flask) -> None:
        answer = app.test_client().get("/signin", base_url="https://hubsync.acme.example")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-hubsync=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
