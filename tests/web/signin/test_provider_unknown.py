"""An account that is nobody's: the same words whoever has its address, and only so many mails."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from hubsync.services.signin import mail_limits
from hubsync.store.teams import Team
from tests.kit.identity_provider import Proxy, answer_there
from tests.kit.mail_server import MailServer
from tests.kit.page import words
from tests.kit.provider_signin import Guest, given, guest, mailed, registered, wait_for_mails
from tests.kit.settings import BASE_URL, OWNER

__all__ = ["given", "guest"]


def test_both_pages_are_alike_word_for_word(app: Flask, team: Team, google: Proxy, smtp: MailServer) -> None:
    pages = []
    for address in (OWNER, "nobody@acme.example"):
        google.knows("somebody-" + address[:2], email=address)
        stranger = Guest(app)
        stranger.come_in("somebody-" + address[:2])
        page = words(stranger.open("/signin/new-account"))
        assert "try again at" in page
        pages.append(re.sub(r"at [\d:]+ [AP]M UTC", "at TIME", page.replace(address, "ADDRESS")))
        with stranger.client.session_transaction(base_url=BASE_URL) as session:
            assert len(session["confirming"]) == 43
    assert pages[0] == pages[1]
    wait_for_mails()
    assert [mail["To"] for mail in smtp.mails] == [OWNER]


def test_an_account_without_an_address_is_told_what_to_do(guest: Guest, google: Proxy, smtp: MailServer) -> None:
    google.knows("somebody")
    guest.come_in("somebody")
    assert "it names no e-mail address" in words(guest.open("/signin/new-account"))
    wait_for_mails()
    assert smtp.mails == []


def test_that_page_is_in_the_language_of_whoever_reads_it_now(guest: Guest, google: Proxy) -> None:
    google.knows("somebody", email="nobody@acme.example")
    guest.come_in("somebody")
    assert re.search(r"try again at \d+:\d\d [AP]M UTC", words(guest.open("/signin/new-account")))
    in_japanese = words(guest.get("/signin/new-account", headers={"Accept-Language": "ja"}))
    assert re.search(r"\b\d+:\d\d UTC", in_japanese)
    assert not re.search(r"[AP]M\b", in_japanese)


def test_nobody_reads_that_page_without_having_come(guest: Guest) -> None:
    assert guest.get("/signin/new-account").headers["Location"] == "/signin"


def test_a_mailbox_gets_no_more_than_some_links(
    app: Flask, team: Team, microsoft: Proxy, smtp: MailServer
) -> None:
    microsoft.knows("m-owner", email=OWNER)
    for _ in range(mail_limits.TO_MAILBOX + 2):
        Guest(app).come_in("m-owner", "microsoft")
        wait_for_mails()
    assert len(smtp.mails) == mail_limits.TO_MAILBOX


class TestWithLinksSwitchedOff:
    """A mailbox alone is no way in then."""

    @pytest.fixture
    def given(self, google: Proxy, microsoft: Proxy) -> dict[str, str]:
        return {**registered(google, microsoft), "SIGNIN_LINKS": "off"}

    def test_a_person_without_another_way_in_is_let_in_by_confirming(
        self, guest: Guest, microsoft: Proxy, smtp: MailServer
    ) -> None:
        microsoft.knows("m-owner", email=OWNER)
        guest.come_in("m-owner", "microsoft")
        link = mailed(smtp)
        guest.post(link, page=link)
        assert guest.is_in() == OWNER

    def test_a_person_with_a_linked_account_is_not(
        self, app: Flask, guest: Guest, google: Proxy, microsoft: Proxy, smtp: MailServer
    ) -> None:
        google.knows("g-owner", email=OWNER, email_verified=True)
        owner = Guest(app)
        owner.sign_in()
        owner.get(answer_there(owner.link(), "g-owner"))
        microsoft.knows("m-thief", email=OWNER)
        guest.come_in("m-thief", "microsoft")
        wait_for_mails()
        assert smtp.mails == []
