"""Busy calendars by keyboard alone, on the desktop and on the phone: nothing hangs over the edge."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from hubsync.services.teams import members
from scheduler_sandbox.calendars import CalendarServer
from tests.browser.conftest import Visitor
from tests.kit.busy_calendars import OWN_NETWORK, provider
from tests.kit.ports import free_port
from tests.kit.settings import OWNER

__all__ = ["provider"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def given() -> dict[str, str]:
    return {"BASE_URL": f"http://localhost:{free_port()}", **OWN_NETWORK}


def press(page: Page, words: str) -> None:
    """Go by Tab to what is called so, press Enter, and wait for the page that comes."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip().startswith(words):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    pytest.fail(f"no way by Tab to {words}")


@pytest.mark.parametrize("width", [1280, 390])
def test_one_is_added_read_and_removed_by_keyboard(
    app: Flask, chromium: Browser, served: str, provider: CalendarServer, width: int
) -> None:
    with app.app_context():
        members.create_team("Acme", OWNER, "premium")
    context = chromium.new_context(viewport={"width": width, "height": 900})
    visitor = Visitor(served, context, context.new_page(), [])
    visitor.sign_in(app, OWNER)
    page = visitor.page
    page.goto(f"{served}/account")
    press(page, "Add a busy calendar")
    page.wait_for_url("**/add")
    page.get_by_label("Address in iCal format (ICS)").focus()
    page.keyboard.type(f"{provider.url}/ics/wrong/work.ics")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address in iCal format (ICS)")).to_have_accessible_description(
        "It is as good as a password: whoever has it can read your calendar. HubSync keeps it encrypted and never "
        "shows it again. There is no calendar at this address. The address may have been reset. Copy it from the "
        "calendar's settings again."
    )
    page.get_by_label("Address in iCal format (ICS)").fill(provider.feed_url())
    page.keyboard.press("Enter")
    expect(page.get_by_text("It has 1 busy time ahead.", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(page, "Read now")
    expect(page.get_by_role("status")).to_contain_text("was read.")
    press(page, "Remove")
    press(page, "Remove")
    expect(page.get_by_text("None yet", exact=False)).to_be_visible()
    context.close()
