"""Who reads which language, chosen on the pages, and by guests in the address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.people.languages import language_of as written_in
from hubsync.store import db
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.catalogues import installed
from tests.kit.guest import ADDRESS, Guest, guest
from tests.kit.mail_server import MailServer
from tests.kit.page import Element, read_page, words
from tests.kit.tab import Tab

__all__ = ["guest"]

ACCOUNT = "/account"
SETTINGS = "/teams/acme/settings"
GERMAN = {
    "Sign in": "Anmelden",
    "Your account is saved.": "Gespeichert.",
    "%(title)s with %(host)s": "%(title)s mit %(host)s",
}


@pytest.fixture
def german(app: Flask, tmp_path: Path) -> Iterator[None]:
    with installed(app, tmp_path, {"de": GERMAN, "ja": {"Sign in": "ログイン"}}):
        yield


@pytest.fixture
def english_alone(app: Flask, tmp_path: Path) -> Iterator[None]:
    with installed(app, tmp_path, {}):
        yield


def language_of(page: Element) -> str:
    html = page.select_one("html")
    assert html is not None
    return str(html["lang"])


@pytest.mark.usefixtures("german", "team")
def test_whoever_is_signed_out_chooses_at_the_foot_and_stays_on_the_page(app: Flask) -> None:
    tab = Tab(Browser(app)).open("/signin").press("Deutsch")
    assert (urlsplit(tab.url).path, language_of(tab.page)) == ("/signin", "de")
    assert "Anmelden" in tab.text
    (kept,) = (each for each in tab.browser.client._cookies.values() if each.key.endswith("-language"))
    assert (kept.same_site, kept.http_only, kept.value) == ("Lax", True, "de")
    assert language_of(tab.open("/invitations/unknown").page) == "de"
    tab.press("English")
    assert (urlsplit(tab.url).path, language_of(tab.page)) == ("/invitations/unknown", "en")


@pytest.mark.usefixtures("german", "team")
@pytest.mark.parametrize("page", ["https://evil.example/x", "http://localhost:8000/language", "/nowhere", ""])
@pytest.mark.quick_cases(2)
def test_the_choice_leads_to_no_page_but_our_own(app: Flask, page: str) -> None:
    browser = Browser(app)
    form = {"csrf_token": browser.token(), "language": "de"}
    answer = browser.send("/language", form, headers={"Referer": page})
    assert (answer.status_code, answer.location) == (303, "/signin")


@pytest.mark.usefixtures("german", "team")
def test_a_language_without_a_catalogue_is_not_taken(app: Flask) -> None:
    browser = Browser(app)
    token = browser.token()
    answer = browser.send("/language", {"csrf_token": token, "language": "fr"})
    assert answer.status_code == 400
    assert "-language=" not in str(answer.headers)


@pytest.mark.usefixtures("german")
def test_the_accounts_choice_stays_when_somebody_signs_out_and_no_choice_is_the_browsers(
    app: Flask, owner: Browser
) -> None:
    owner.post(ACCOUNT, page=ACCOUNT, name="", time_zone="UTC", language="de")
    assert language_of(read_page(owner.get("/nowhere"))) == "de"
    stranger = Browser(app)
    stranger.client._cookies = {k: v for k, v in owner.client._cookies.items() if "-language" in str(k)}
    assert language_of(stranger.open("/signin")) == "de"
    owner.post(ACCOUNT, page=ACCOUNT, name="", time_zone="UTC", language="")
    assert "Your account is saved." in words(owner.open(ACCOUNT))
    assert language_of(read_page(owner.get(ACCOUNT, headers={"Accept-Language": "ja"}))) == "ja"


@pytest.mark.usefixtures("german")
def test_mails_are_in_the_language_that_was_chosen_else_the_one_read_last(app: Flask, owner: Browser) -> None:
    def reads() -> str:
        with app.app_context():
            return written_in(db.session.query(Person).one())

    assert reads() == "en"
    owner.get(ACCOUNT, headers={"Accept-Language": "ja-JP,en;q=0.5"})
    assert reads() == "ja"
    owner.post(ACCOUNT, page=ACCOUNT, name="", time_zone="UTC", language="de")
    assert reads() == "de"


@pytest.mark.usefixtures("german")
def test_a_guest_reads_what_the_address_says_else_the_calendars_language_else_the_browsers(guest: Guest) -> None:
    def language(query: str = "") -> str:
        return language_of(read_page(guest.browser.get(ADDRESS + query, headers={"Accept-Language": "ja"})))

    assert (language(), language("?lang=de-AT"), language("?lang=tlh")) == ("ja", "de", "ja")
    guest.change(language="de")
    assert (language(), language("?lang=en"), language("?lang=JA")) == ("de", "en", "ja")
    guest.change(archived_at=now())
    assert language() == "de"


@pytest.mark.usefixtures("german")
def test_the_switch_keeps_everything_else_of_the_address(guest: Guest) -> None:
    chosen = guest.start(time="05:00")
    tab = guest.tab.open(f"{ADDRESS}?utm_source=a&b&utm_source=c&time_zone=Asia/Tokyo&see=2027-01-01")
    before = parse_qs(urlsplit(tab.url).query, keep_blank_values=True)
    tab.follow("Deutsch")
    assert language_of(tab.page) == "de"
    assert parse_qs(urlsplit(tab.url).query, keep_blank_values=True) == before | {"lang": ["de"]}
    links = [each["href"] for each in tab.page.select(".month a, .times a, .next-free a")]
    assert links
    assert all("lang=de" in each for each in links)
    assert language_of(guest.browser.open(f"{ADDRESS}?start={chosen.replace('+', '%2B')}&lang=de")) == "de"


@pytest.mark.usefixtures("german")
def test_the_language_stays_with_the_booking_its_pages_and_its_mails(guest: Guest, smtp: MailServer) -> None:
    form = guest.filled()
    sent = guest.post(form, f"{ADDRESS}?lang=de&utm_source=news")
    assert sent.status_code == 303
    (booking,) = guest.bookings()
    assert (booking.locale, booking.url_params) == ("de", {})
    there = sent.location.partition("?")[0]
    confirmed = guest.tab.open(there)
    assert language_of(confirmed.page) == "de"
    for words_of_link in ("Move", "Cancel", "Book another"):
        tab = guest.tab.open(there).follow(words_of_link)
        assert language_of(tab.page) == "de", tab.url
    assert language_of(guest.tab.open(f"{there}?lang=en").page) == "en"
    with guest.app.app_context():
        send_mails()
    subjects = {mail["To"]: mail["Subject"] for mail in smtp.mails}
    assert subjects["mika@acme.example"] == "Intro call mit Mika Mori"
    assert subjects["owner@acme.example"] == "Intro call with Mika Sato"


@pytest.mark.usefixtures("german")
def test_the_team_chooses_the_language_of_what_is_written_to_it(app: Flask, owner: Browser) -> None:
    owner.post(f"{SETTINGS}/language", page=SETTINGS, language="de")
    with app.app_context():
        assert db.session.query(Team).one().language == "de"
    page = owner.open(SETTINGS)
    assert page.select_one("#team-language ~ form option[selected]")["value"] == "de"
    assert "changed the language of what is written to the team: German." in words(
        owner.open(f"{SETTINGS}/audit-trail")
    )
    assert owner.post(f"{SETTINGS}/language", page=SETTINGS, language="fr").status_code == 422


@pytest.mark.usefixtures("german")
def test_a_calendar_has_a_language_for_its_guests(guest: Guest) -> None:
    owner = Browser(guest.app).sign_in()
    address = f"/teams/acme/calendars/{guest.calendar_id}/settings"
    tab = Tab(owner).open(address).press("Save", language="de")
    assert tab.status == 200
    assert language_of(guest.open_times()) == "de"


@pytest.mark.usefixtures("english_alone")
def test_with_english_alone_nothing_is_offered(guest: Guest) -> None:
    owner = Browser(guest.app).sign_in()
    assert Browser(guest.app).open("/signin").select(".languages") == []
    assert guest.open_times("?lang=ja").select(".languages") == []
    assert owner.open(SETTINGS).select("#team-language") == []
    assert owner.open(f"/teams/acme/calendars/{guest.calendar_id}/settings").select("#language") == []
