"""A Japanese team's main way, from the sign-in link to the record in HubSpot, without an English sentence."""

from __future__ import annotations

import pytest
import requests

from hubsync.services.operations.background_jobs import do_due_work
from tests.journeys.conftest import first_delivery
from tests.kit.browser import Browser
from tests.kit.installation import Installation
from tests.kit.reading import is_english, read
from tests.kit.tab import Tab
from tools import catalogue

PATH = catalogue.TRANSLATIONS / "ja" / "LC_MESSAGES" / "messages.po"
HUBSPOTS = "There was a problem with the request."
GUEST = {"会社名": "Acme株式会社", "名前": "佐藤 美香", "メールアドレス": "mika@acme.co.jp"}


class JapaneseTab(Tab):
    """A tab of a browser that asks for Japanese, pressed by what the English words are in Japanese."""

    def __init__(self) -> None:
        super().__init__(Browser())
        self.browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ja,en-US;q=0.7"
        self._words = {each.id: each.string for each in catalogue.read(PATH) if isinstance(each.id, str)}

    def say(self, english: str) -> str:
        words = self._words[english]
        assert isinstance(words, str)
        return words

    def look(self) -> JapaneseTab:
        """Read the page: it is in Japanese, but for what HubSpot said."""
        html = repr(self.page)
        page = read(html, "ja")
        assert 'lang="ja"' in html, self.url
        assert [each for each in page.pieces if is_english(each, page.quoted)] in ([], [HUBSPOTS]), self.url
        return self


@pytest.fixture
def tab() -> JapaneseTab:
    return JapaneseTab()


def connect(tab: JapaneseTab) -> None:
    for place in ("Team Settings", "Integrations"):
        tab.follow(tab.say(place))
        tab.look()
    tab.follow("HubSpot")
    tab.look().press(tab.say("Connect"))
    for button in ("サンドボックスにログイン", "アカウントを選択", "アプリを接続"):
        tab.look().press(button)
    tab.look()


def make_calendar(tab: JapaneseTab) -> str:
    """A calendar with the mapping that is proposed; returns its booking page."""
    tab.follow(tab.say("Calendars"))
    tab.look().follow(tab.say("New calendar"))
    tab.look().press(tab.say("Make calendar"), name="Intro call", duration_minutes="30", time_zone="Asia/Tokyo")
    page = str(tab.look().page.select_one("a[href*='/book/']")["href"])
    tab.follow(tab.say("Advanced settings"))
    tab.look().follow("HubSpot")
    tab.look().press(tab.say("Save"))
    tab.look()
    return page


def book(tab: JapaneseTab, page: str) -> None:
    tab.open(page)
    tab.look().open(str(tab.page.select_one("a.btn-time")["href"]))
    fields = {}
    for label in tab.look().page.select("label"):
        named = next((each for each in GUEST if label.words.startswith(each)), None)
        if named:
            fields[tab.page.select_one(f"[id='{label['for']}']")["name"]] = GUEST[named]
    assert len(fields) == len(GUEST), tab.text
    tab.press(tab.say("Complete Booking"), **fields)
    assert "/confirmed/" in tab.look().url


@pytest.mark.slow
def test_from_the_sign_in_to_a_booking_that_failed_and_was_replayed(
    installation: Installation, tab: JapaneseTab
) -> None:
    tab.open(installation.signin_link())
    tab.look().press(tab.say("Sign in"))
    start = tab.look().url
    connect(tab)
    page = make_calendar(tab)
    control = f"{installation.sandbox.url}/sandbox/api/faults"
    fault = {"action": "status", "status": 400, "times": 1000}
    requests.post(control, json=fault, timeout=60).raise_for_status()
    book(tab, page)
    log = start.replace("/calendars", "/deliveries")
    tab.open(first_delivery(tab.open(log).look().page))
    assert tab.say("failed") in tab.look().text
    with installation.app.app_context():
        list(do_due_work())
    mails = [mail.letter for mail in installation.sandbox.state.mails]
    assert tab.say("Bookings have not reached HubSpot") in {each["subject"] for each in mails}
    told = "\n".join(each["text"] for each in mails)
    assert [line for line in told.splitlines() if is_english(line)] == []
    requests.delete(control, timeout=60).raise_for_status()
    tab.press(tab.say("Retry"))
    assert tab.say("posted") in tab.look().text
    (contact,) = installation.records("contacts")
    assert contact["properties"]["email"] == GUEST["メールアドレス"]
