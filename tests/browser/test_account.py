"""The account page in a browser: its own time zone in one press, and the way there on the phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from hubsync.services.teams import members
from tests.browser.conftest import Visitor
from tests.browser.windows import hear_complaints

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OWNER = "owner@acme.example"


@pytest.fixture
def in_zone(app: Flask, chromium: Browser, served: str) -> Iterator[object]:
    """Makes somebody whose machine stands in a zone; the test fails if their console complained."""
    with app.app_context():
        members.create_team("Acme", OWNER, "premium")
    made: list[Visitor] = []

    def make(zone: str) -> Visitor:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, timezone_id=zone)
        page = context.new_page()
        made.append(Visitor(served, context, page, hear_complaints(page)))
        made[-1].sign_in_by_link(app, OWNER)
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()
        assert visitor.complaints == []


def test_the_browsers_zone_is_offered_and_taken_in_one_press(in_zone) -> None:
    at_home = in_zone("Asia/Tokyo")
    page = at_home.open("/account")
    expect(page.locator("#time_zone")).to_have_value("Asia/Tokyo")  # learnt when signing in
    expect(page.locator("[data-offer-zone]")).to_be_hidden()
    travelling = in_zone("America/New_York").open("/account")
    travelling.locator("#name").fill("Mika Sato")
    travelling.get_by_role("button", name="Use America/New York, the zone of this browser").click()
    expect(travelling.get_by_text("Your account is saved.")).to_be_visible()
    expect(travelling.locator("#time_zone")).to_have_value("America/New_York")
    expect(travelling.locator("#name")).to_have_value("Mika Sato")
    expect(travelling.locator("[data-offer-zone]")).to_be_hidden()


def test_a_zone_that_the_browser_knows_by_an_old_name_is_the_same_zone(in_zone) -> None:
    page = in_zone("Asia/Kolkata").open("/account")
    said = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    page.locator("#time_zone").select_option("Europe/Paris")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name=re.compile("zone of this browser")).click()
    expect(page.get_by_text("Your account is saved.")).to_be_visible()
    expect(page.locator("#time_zone")).to_have_value("Asia/Kolkata")
    expect(page.locator("[data-offer-zone]")).to_be_hidden()
    assert said in ("Asia/Calcutta", "Asia/Kolkata")


def test_the_account_is_reached_on_the_phone_and_fits(in_zone) -> None:
    visitor = in_zone("UTC")
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    page = visitor.open("/teams/acme/calendars")
    page.locator("details.menu > summary").click()
    page.locator("details.menu a.account-name").click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_this_browser_is_called_by_its_name(in_zone) -> None:
    page = in_zone("UTC").open("/account")
    expect(page.locator("#sessions ~ ul li")).to_contain_text("Chrome on Linux")
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_text("You are signed out in all browsers, this one too.")).to_be_visible()
