"""A trouble that many bookings meet is said once: on the HubSpot page, with how many it holds up; in a notice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.questions import Part
from tests.kit.acme import Acme
from tests.kit.browser import Browser
from tests.kit.clock import later
from tests.kit.mail_server import MailServer, body
from tests.kit.notices import send_notices
from tests.kit.page import Element, words
from tests.kit.world import World, world

HUBSPOT = "/teams/acme/settings/integrations/hubspot"
GONE = "HubSpot no longer takes the property Nickname"


@pytest.fixture
def made(app: Flask, sandbox: SandboxServer) -> World:
    return world(app, sandbox, connected="key")


@pytest.fixture
def owner(app: Flask, made: World) -> Browser:
    return Browser(app, signed_in=made.sessions["owner"])


@pytest.fixture
def acme(app: Flask, sandbox: SandboxServer, made: World) -> Iterator[Acme]:
    with app.app_context():
        yield Acme(app, sandbox, made.team_id, made.calendars["intro"])


def define(acme: Acme, **definition: object) -> None:
    url = f"{acme.sandbox.url}/sandbox/api/properties/contacts/nickname"
    definition = {"type": "string", "fieldType": "text", "label": "Nickname", **definition}
    requests.put(url, json=definition, timeout=60).raise_for_status()


def book(acme: Acme, number: int) -> None:
    acme.book("Sato Mika", f"mika{number}@acme.co.jp", "Acme")


def notices(page: Element, sentence: str) -> list[Element]:
    return [each for each in page.select(".notice") if sentence in each.words]


def listed(owner: Browser, notice: Element) -> int:
    """How many deliveries the notice's link leads to."""
    shown = owner.open(next(each["href"] for each in notice.select("a") if each.words == "Show them"))
    return len(shown.select("table.log tbody tr"))


def test_a_property_that_is_gone_is_one_trouble_until_it_is_there_again(
    owner: Browser, acme: Acme, smtp: MailServer
) -> None:
    define(acme)
    acme.map("contacts", "nickname", f"question:{acme.question(Part.NAME).id}", label="Nickname")
    book(acme, 1)
    define(acme, archived=True)
    book(acme, 2)
    book(acme, 3)
    [notice] = notices(owner.open(HUBSPOT), GONE)
    assert "2 bookings were posted without it." in notice.words
    assert listed(owner, notice) == 2
    assert notice.select_one('a[href$="/advanced/hubspot"]').words == "Intro call"
    assert "no longer takes what is mapped to it: Nickname" in words(owner.open("/teams/acme/calendars"))
    assert send_notices() == 1
    assert "HubSpot no longer takes the property Nickname" in body(smtp.mails[0])
    book(acme, 4)
    with later(days=8):
        assert send_notices() == 0
    define(acme, archived=False)
    owner.submit(owner.open(HUBSPOT), "Check now")
    assert notices(owner.open(HUBSPOT), GONE) == []
    assert "no longer takes" not in words(owner.open("/teams/acme/calendars"))


def test_one_that_no_calendar_maps_any_more_is_no_trouble(owner: Browser, acme: Acme) -> None:
    acme.map("contacts", "nickname", f"question:{acme.question(Part.NAME).id}", label="Nickname")
    book(acme, 1)
    assert len(notices(owner.open(HUBSPOT), GONE)) == 1
    owner.press(f"/teams/acme/calendars/{acme.calendar_id}/advanced/hubspot/remove")
    assert notices(owner.open(HUBSPOT), GONE) == []


def test_a_missing_permission_says_how_many_bookings_it_holds_up(owner: Browser, acme: Acme) -> None:
    acme.fault(action="status", status=403, path="/contacts", times=2)
    book(acme, 1)
    book(acme, 2)
    [notice] = notices(owner.open(HUBSPOT), "It holds up 2 bookings.")
    assert "crm.objects.contacts.write" in notice.words
    assert listed(owner, notice) == 2


def test_a_full_account_says_how_many_bookings_it_holds_up(owner: Browser, acme: Acme) -> None:
    acme.fault(action="status", status=402, path="/companies", except_path="/search", times=1)
    book(acme, 1)
    [notice] = notices(owner.open(HUBSPOT), "1 booking waits to be posted.")
    assert "holds up" not in notice.words  # it is said once
    assert listed(owner, notice) == 1
    assert owner.get("/teams/acme/deliveries?trouble=nothing.there").status_code == 404
