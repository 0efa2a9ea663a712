"""In which language and with which clock a page speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from hubsync.services.people import profile
from hubsync.services.teams import members
from hubsync.store import end_read
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.catalogues import installed
from tests.kit.mail_server import MailServer
from tests.kit.page import words
from tests.kit.settings import OWNER

ACCOUNT = "/account"
GERMAN = {
    "Your account": "Ihr Konto",
    "Your account is saved.": "Gespeichert.",
    "Sign in": "Anmelden",
    "If it was not you, ignore this mail: nobody gets in without the link.": "Sonst ist nichts zu tun.",
}
CHINESE = {"Your account": "您的帳戶", "Sign in": "登入"}


@pytest.fixture
def app(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """HubSync with two small catalogues installed."""
    with installed(app, tmp_path, {"de": GERMAN, "zh_Hant": CHINESE}):
        yield app


def choose(app: Flask, language: str) -> None:
    with app.app_context():
        person = members.list_members(1)[0].person
        end_read()
        profile.save_profile(person.id, "", "UTC", language)


def heading(visitor: Browser, accepted: str = "") -> tuple[str, str]:
    answer = visitor.get(ACCOUNT, headers={"Accept-Language": accepted} if accepted else {})
    assert answer.status_code == 200
    visitor_page = answer.text
    start = visitor_page.index('<html lang="') + len('<html lang="')
    language = visitor_page[start : visitor_page.index('"', start)]
    title = visitor_page[visitor_page.index("<h1>") + 4 : visitor_page.index("</h1>")]
    return language, title


def test_without_a_choice_the_browser_decides(owner: Browser) -> None:
    assert heading(owner) == ("en", "Your account")
    assert heading(owner, "de-AT,de;q=0.9,en;q=0.8") == ("de", "Ihr Konto")
    assert heading(owner, "zh-Hant-TW,zh;q=0.9") == ("zh-Hant", "您的帳戶")
    assert heading(owner, "tlh") == ("en", "Your account")


def test_the_choice_is_stronger_than_the_browser(app: Flask, owner: Browser) -> None:
    choose(app, "de")
    assert heading(owner, "en") == ("de", "Ihr Konto")
    choose(app, "en")
    assert heading(owner, "de") == ("en", "Your account")
    choose(app, "zh_Hant")
    assert heading(owner, "de") == ("zh-Hant", "您的帳戶")


NO_TEXT = pytest.param("\x00", marks=pytest.mark.sqlite("PostgreSQL stores no such sign"))


@pytest.mark.parametrize("stored", ["tlh", "de_DE", "zh-Hant", "../de", NO_TEXT, "e"])
@pytest.mark.quick_cases(3)
def test_a_choice_without_a_catalogue_leaves_it_to_the_browser(app: Flask, owner: Browser, stored: str) -> None:
    choose(app, stored)
    assert heading(owner, "de") == ("de", "Ihr Konto")
    assert heading(owner) == ("en", "Your account")


def test_every_catalogue_is_offered_by_its_own_name(app: Flask, owner: Browser) -> None:
    offered = {str(each["value"]): each.text for each in owner.open(ACCOUNT).select("#language option")}
    assert list(offered.items())[:2] == [("", "As the browser asks"), ("en", "English")]
    assert offered["de"] == "Deutsch"
    assert offered["zh_Hant"] == "中文 (繁體)"


def test_the_choice_counts_at_once_and_stays(owner: Browser) -> None:
    owner.post(ACCOUNT, page=ACCOUNT, name="", time_zone="UTC", language="de")
    page = owner.open(ACCOUNT)
    assert "Gespeichert." in words(page)
    assert page.select_one("html")["lang"] == "de"
    assert page.select_one("#language option[selected]")["value"] == "de"
    owner.post(ACCOUNT, page=ACCOUNT, name="", time_zone="UTC", language="")
    assert "Your account is saved." in words(owner.open(ACCOUNT))


def test_the_persons_language_is_spoken_where_no_page_is(app: Flask, owner: Browser) -> None:
    choose(app, "de")
    assert '<html lang="de"' in owner.get("/nowhere").text
    assert '<html lang="de"' in owner.get("/teams/nowhere/calendars").text
    stale = owner.client.post(ACCOUNT, base_url="http://localhost:8000", data={"csrf_token": "old"})
    assert stale.status_code == 400
    assert '<html lang="de"' in stale.text


def test_somebody_signed_out_reads_what_the_browser_asks_for(app: Flask, team: Team) -> None:
    choose(app, "de")
    visitor = Browser(app)
    assert '<html lang="en"' in visitor.get("/signin").text
    assert "Anmelden" in visitor.get("/signin", headers={"Accept-Language": "de"}).text


def test_a_guest_page_speaks_the_guests_language_whoever_looks(app: Flask, owner: Browser) -> None:
    choose(app, "de")
    assert '<html lang="en"' in owner.get("/book/nowhere").text


def test_dates_are_written_in_the_chosen_language(app: Flask, owner: Browser) -> None:
    choose(app, "de")
    assert "Koordinierte Weltzeit" in owner.open(ACCOUNT).select_one("#sessions ~ ul time")["title"]


def test_the_mailed_link_speaks_the_language_chosen_not_the_askers(
    app: Flask, team: Team, smtp: MailServer
) -> None:
    choose(app, "de")
    Browser(app).post("/signin", email=OWNER)
    (mail,) = smtp.wait_for_mail()
    assert "Sonst ist nichts zu tun." in mail.get_content()
