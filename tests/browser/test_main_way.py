"""The main way in a real Chromium, as a newcomer goes it; its last page is the README's picture.

`HUBSYNC_KEEP_SCREENSHOTS=1` renews the picture in docs/images.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hubsync.paths import FILES as ROOT
from tests.kit.installation import Installation, installation

__all__ = ["installation"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def page(chromium: Browser, installation: Installation) -> Iterator[Page]:
    """A window of 1280 pixels; the test fails if its console complained."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Tokyo")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def link(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).locator("visible=true").first.click()


def connect(page: Page, installation: Installation) -> None:
    page.goto(installation.signin_link())
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
    page.fill("[name=name]", "Intro call")
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


def test_from_the_sign_in_link_to_the_records_in_hubspot(
    page: Page, installation: Installation, tmp_path: Path
) -> None:
    connect(page, installation)
    map_answers(page)
    page.goto(f"{installation.url}/teams/acme/calendars/1")
    address = str(page.locator('a[href*="/book/"]').first.get_attribute("href"))

    book(page, address, "Sato Mika", "mika@acme.co.jp", "Acme株式会社")
    book(page, address, "Kato Rei", "rei@acme.co.jp", "Acme株式会社")
    book(page, address, "Sato Mika", "mika@acme.co.jp", "Acme株式会社")
    book(page, address, "Ito Ken", "ken.ito@gmail.com", "")
    (company,) = installation.records("companies")
    linked = {
        contact["properties"]["email"]: [
            each["id"] for each in contact.get("associations", {}).get("companies", {}).get("results", [])
        ]
        for contact in installation.records("contacts")
    }
    assert {email: set(ids) for email, ids in linked.items()} == {
        "mika@acme.co.jp": {company["id"]},
        "rei@acme.co.jp": {company["id"]},
        "ken.ito@gmail.com": set(),
    }

    page.goto(f"{installation.url}/teams/acme/deliveries")
    expect(page.locator("main")).to_contain_text("Sato Mika")
    page.goto(f"{installation.url}/teams/acme/deliveries/1")
    expect(page.locator("main")).to_contain_text("The contact is associated with the company.")
    picture = tmp_path / "delivery.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 10_000
    if os.environ.get("HUBSYNC_KEEP_SCREENSHOTS") == "1":
        kept = ROOT / "docs" / "images" / "delivery.png"
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(picture.read_bytes())

    page.get_by_role("link", name="open in HubSpot (Contact)").click()
    expect(page.locator("body")).to_contain_text("mika@acme.co.jp")
    expect(page.locator("body")).to_contain_text("Acme株式会社")
