"""Asking for links: the page says the limits to everybody alike, and a browser that was signed in is let ask."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from hubsync.services.signin import mail_limits
from hubsync.store.teams import Team
from tests.kit.apps import new_app
from tests.kit.browser import Browser
from tests.kit.mail_server import MailServer
from tests.kit.page import words
from tests.kit.provider_signin import wait_for_mails
from tests.kit.settings import BASE_URL, OWNER, make_settings
from tests.kit.world import create_team

BOB = "bob@beta.test"
TEN_PAST_TEN = "2026-11-29T10:10:00+00:00"


@pytest.fixture
def visitor(app: Flask, team: Team) -> Browser:
    return Browser(app)


def use_up(app: Flask, email: str, number: int = mail_limits.FROM_NETWORK) -> None:
    """Ask for links from a browser that nobody knows, behind the same address as everybody here."""
    stranger = Browser(app)
    for _ in range(number):
        stranger.post("/signin", email=email)
        wait_for_mails()


def mails_to(smtp: MailServer, email: str) -> int:
    wait_for_mails()
    return [mail["To"] for mail in smtp.mails].count(email)


def test_every_asker_reads_the_same_words_whatever_was_asked_for_before(app: Flask, visitor: Browser) -> None:
    with time_machine.travel(TEN_PAST_TEN, tick=False):
        pages = []
        for email in [OWNER] * 7 + ["nobody@acme.example"] * 7 + [OWNER]:
            pages.append(words(visitor.post("/signin", email=email)).replace(email, "ADDRESS"))
            wait_for_mails()
    assert len(set(pages)) == 1
    assert "at most 5 such mails go to one address, and 20 are sent for everybody" in pages[0]
    assert "try again at 10:20 AM UTC." in " ".join(pages[0].split())


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        ("2026-11-29T10:10:00+00:00", "Asia/Tokyo", "7:20 PM."),
        ("2026-11-29T10:10:01+00:00", "Asia/Tokyo", "7:25 PM."),
        ("2026-11-29T23:55:00+00:00", "Europe/Berlin", "1:05 AM."),
        ("2026-11-29T10:10:00+00:00", "Asia/Kathmandu", "4:05 PM."),
        ("2026-11-29T10:10:00+00:00", "../../etc/passwd", "10:20 AM UTC."),
        ("2026-11-29T10:10:00+00:00", "UTC", "10:20 AM UTC."),
    ],
)
def test_the_time_is_that_of_the_askers_clock(visitor: Browser, moment: str, zone: str, shown: str) -> None:
    with time_machine.travel(moment, tick=False):
        page = words(visitor.post("/signin", email=OWNER, time_zone=zone))
        wait_for_mails()
    assert f"try again at {shown}" in " ".join(page.split())


def test_a_browser_that_was_signed_in_is_let_ask_whatever_others_do(
    app: Flask, team: Team, smtp: MailServer
) -> None:
    create_team(app, "Beta", BOB)
    bob, stranger = Browser(app).sign_in(BOB), Browser(app)
    bob.post("/signout", page="/account")
    use_up(app, OWNER)
    use_up(app, BOB)
    use_up(app, "nobody@acme.example")
    before = mails_to(smtp, BOB)
    stranger.post("/signin", email=BOB)
    assert mails_to(smtp, BOB) == before
    bob.post("/signin", email=BOB)
    assert mails_to(smtp, BOB) == before + 1


def test_what_is_asked_for_a_colleague_there_counts_as_a_strangers(
    app: Flask, team: Team, smtp: MailServer
) -> None:
    create_team(app, "Beta", BOB)
    use_up(app, OWNER, mail_limits.TO_MAILBOX)
    bob = Browser(app).sign_in(BOB)
    bob.post("/signin", page="/account", email=OWNER)
    assert mails_to(smtp, OWNER) == mail_limits.TO_MAILBOX


def test_the_mark_stays_when_the_session_goes_and_names_nobody(app: Flask, visitor: Browser) -> None:
    visitor.open("/signin")
    assert visitor.client.get_cookie("hubsync-known", domain="localhost") is None, "nobody was signed in"
    visitor.sign_in_by_link()
    first = visitor.client.get_cookie("hubsync-known", domain="localhost")
    assert first is not None
    assert first.max_age == 400 * 24 * 3600
    assert OWNER not in first.decoded_value
    for ending in ("/account/sessions/end-all", "/signout"):
        visitor.post(ending, page="/account")
        visitor.sign_in_by_link()
    kept = visitor.client.get_cookie("hubsync-known", domain="localhost")
    assert kept is not None
    assert kept.value == first.value, "the same browser, and the same person"


def test_a_forged_mark_is_none(app: Flask, team: Team, smtp: MailServer) -> None:
    use_up(app, OWNER)
    before = mails_to(smtp, OWNER)
    forger = Browser(app)
    for mark in ("x", "WyJhIl0.x.y", "%00", "é"):
        forger.client.set_cookie("hubsync-known", mark, domain="localhost")
        assert forger.post("/signin", email=OWNER).status_code == 200
    assert mails_to(smtp, OWNER) == before


def test_pages_for_guests_set_no_mark(app: Flask, visitor: Browser) -> None:
    owner = visitor.sign_in_by_link()
    owner.client.delete_cookie("hubsync-known", domain="localhost")
    owner.get("/book/nowhere")
    owner.get("/healthz")
    assert owner.client.get_cookie("hubsync-known", domain="localhost") is None


class TestUnderHttps:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"BASE_URL": "https://hubsync.acme.example"}

    def test_the_mark_is_bound_to_the_host(self, app: Flask, team: Team) -> None:
        from hubsync.services.signin import links

        with app.app_context():
            link = links.make_link(OWNER)
        client = app.test_client()
        page = client.get(link, base_url="https://hubsync.acme.example").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(
            link, base_url="https://hubsync.acme.example", data={"csrf_token": token}, headers={"Referer": link}
        )
        (cookie,) = [each for each in answer.headers.getlist("Set-Cookie") if "-known=" in each]
        assert cookie.startswith("__Host-hubsync-known=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_that_nobody_told_of_is_said_once_in_the_log(
    tmp_path: Path, database: dict[str, str], caplog: pytest.LogCaptureFixture, header: str
) -> None:
    caplog.set_level(logging.WARNING)
    with new_app(make_settings(**database), tmp_path) as app:
        visitor = Browser(app)
        visitor.get("/signin")
        assert "HUBSYNC_TRUSTED_PROXIES" not in caplog.text
        for number in range(3):
            visitor.get("/signin", headers={header: f"for=198.51.100.{number}"})
    assert caplog.text.count("HUBSYNC_TRUSTED_PROXIES is 0") == 1
    assert "198.51.100" not in caplog.text


class TestBehindATrustedProxy:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"TRUSTED_PROXIES": "1"}

    def test_nothing_is_said_and_visitors_are_told_apart(
        self, visitor: Browser, smtp: MailServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        visitor.client.get("/signin", base_url=BASE_URL, headers={"X-Forwarded-For": "198.51.100.1"})
        assert "HUBSYNC_TRUSTED_PROXIES" not in caplog.text
