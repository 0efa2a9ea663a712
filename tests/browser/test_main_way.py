"""The main way in a real Chromium, as a newcomer goes it on the demo's data; its pages are README's pictures.

`HUBSYNC_KEEP_SCREENSHOTS=1` makes the pictures in docs/images anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, ViewportSize, expect

from hubsync.services.operations.demo_data import OWNER, seed_demo
from hubsync.services.signin import links
from tests.browser.pictures import HEIGHT, WIDTH, compare_picture
from tests.browser.windows import uncomplaining_window
from tests.kit.installation import Installation, installation

__all__ = ["installation"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEAM = "/teams/acme-trading"


@pytest.fixture
def demo(installation: Installation) -> Installation:
    """With the team that `flask demo` begins with."""
    with installation.app.app_context():
        seed_demo()
    return installation


@pytest.fixture
def page(chromium: Browser, demo: Installation) -> Iterator[Page]:
    """A window as wide as the pictures, closed before the demo is; the test fails if its console complained."""
    size: ViewportSize = {"width": WIDTH, "height": HEIGHT[0]}
    with uncomplaining_window(chromium, viewport=size, locale="en-US") as window:
        yield window


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def link(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).locator("visible=true").first.click()


def connect(page: Page, installation: Installation) -> None:
    with installation.app.app_context():
        page.goto(links.make_link(OWNER))
    page.get_by_role("button", name=re.compile("^Sign in as ")).click()
    for name in ("Team Settings", "Integrations", "HubSpot"):
        link(page, name)
    button(page, "Connect")
    button(page, "Sign in to the sandbox")
    button(page, "Choose account")
    button(page, "Connect app")
    expect(page.locator("main")).to_contain_text("Connected to")
    page.wait_for_load_state()


def map_answers(page: Page) -> None:
    link(page, "Calendars")
    link(page, "New calendar")
    page.fill("[name=name]", "Product demo")
    page.select_option("[name=time_zone]", "Asia/Tokyo")
    page.locator("main form button").first.click()
    link(page, "Advanced settings")
    page.get_by_text("Add service Integration").first.click()
    link(page, "HubSpot")
    page.wait_for_url("**/advanced/hubspot")
    page.wait_for_load_state()  # mapping.js is there: "+" and remove work in place
    while page.locator("[data-row] [data-remove]").count():
        page.locator("[data-row] [data-remove]").first.click()
    for section, name, information in (
        ("companies", "name", "Company Name (question)"),
        ("companies", "domain", "Email (question)"),
        ("contacts", "lastname", "Name: text before the first space"),
        ("contacts", "firstname", "Name: text after the first space"),
    ):
        page.click(f"#{section}-add")
        row = page.locator(f'[data-rows="{section}"] > [data-row]').last
        row.locator("select").first.select_option(name)
        row.locator("select").last.select_option(label=information)
    page.select_option("[name=email]", label="Email (question)")
    button(page, "Save")
    expect(page.locator(".notice").first).to_contain_text("saved")


def book(page: Page, address: str, name: str, email: str, company: str) -> None:
    page.goto(address)
    page.locator("a.btn-time").first.click()
    page.get_by_label("Company Name").fill(company)
    page.get_by_label(re.compile("^Name")).fill(name)
    page.get_by_label(re.compile("^Email")).fill(email)
    button(page, "Complete Booking")
    page.wait_for_url("**/confirmed/**")


def test_from_the_sign_in_link_to_the_records_in_hubspot(page: Page, demo: Installation) -> None:
    connect(page, demo)
    map_answers(page)
    page.goto(page.url)  # without the word that it is saved
    compare_picture(page, "mapping")
    link(page, "Product demo")
    address = str(page.locator('a[href*="/book/"]').first.get_attribute("href"))
    page.goto(address)
    page.locator("[data-later]").first.click()  # a month whose days are all to come
    expect(page.locator("[data-earlier]").first).to_be_visible()
    compare_picture(page, "booking-page")

    fault = {"action": "status", "status": 503, "path": "objects"}
    requests.post(f"{demo.sandbox.url}/sandbox/api/faults", json=fault, timeout=60).raise_for_status()
    book(page, address, "Mori Hana", "hana@example.co.jp", "Northwind株式会社")
    page.goto(f"{demo.url}{TEAM}/deliveries/1")
    expect(page.locator("main")).to_contain_text("tried again")
    button(page, "Retry")
    expect(page.locator("main")).to_contain_text("The contact is associated with the company.")
    page.goto(page.url)
    compare_picture(page, "delivery")
    page.get_by_role("link", name=re.compile("^open in HubSpot.*Contact$")).click()
    expect(page.locator("body")).to_contain_text("hana@example.co.jp")
    expect(page.locator("body")).to_contain_text("Northwind株式会社")

    book(page, address, "Kato Rei", "rei@example.co.jp", "Northwind株式会社")
    book(page, address, "Mori Hana", "hana@example.co.jp", "Northwind株式会社")
    page.goto(f"{demo.url}{TEAM}/deliveries")
    expect(page.locator("main")).to_contain_text("Kato Rei")
    compare_picture(page, "deliveries")
    book(page, address, "Ito Ken", "ken.ito@gmail.com", "")
    (company,) = demo.records("companies")
    linked = {
        contact["properties"]["email"]: [
            each["id"] for each in contact.get("associations", {}).get("companies", {}).get("results", [])
        ]
        for contact in demo.records("contacts")
    }
    assert {email: set(ids) for email, ids in linked.items()} == {
        "hana@example.co.jp": {company["id"]},
        "rei@example.co.jp": {company["id"]},
        "ken.ito@gmail.com": set(),
    }
