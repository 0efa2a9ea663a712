"""Teaching by a sample in a browser, from the first delivery to the booking in the log."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from tests.browser.conftest import Visitor
from tests.kit.world import create_team

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SOURCE = SOURCES["signed_webhook"]
PAGE = "/teams/acme/settings/integrations/signed-webhook/1"
BODY = {
    "ref": "b-7",
    "who": {"mail": "mika@acme.co.jp", "called": "Mika Sato"},
    "when": "2030-01-15T10:00:00+09:00",
    "til": "2030-01-15T10:30:00+09:00",
    "fields": [{"label": "Topic", "value": "Price"}, {"label": "Size", "value": 12}],
    "paid": True,
}


@pytest.fixture
def delivered(app: Flask, served: str) -> Flask:
    """A sender that nobody knows has sent its first delivery to Acme."""
    team = create_team(app)
    with app.app_context():
        secret = endpoint_setup.add_endpoint(team.id, SOURCE.name, options={"preset": "another"}).secret
        path = endpoints.list_endpoints(team.id)[0].address.removeprefix(served)
    raw = json.dumps(BODY).encode()
    proof = SOURCE.prove(secret, raw, now())
    answer = app.test_client().post(path, base_url=served, data=raw, headers=dict(proof.headers))
    assert answer.status_code == 422
    answer.close()
    return app


def expect_booked(page: Page) -> None:
    """The delivery came in, and is in the log with what was taught."""
    expect(page.locator("main")).to_contain_text("The first delivery came in.")
    page.goto(f"{page.url.split('/settings')[0]}/deliveries")
    page.get_by_role("link", name="Mika Sato").first.click()
    expect(page.locator("main")).to_contain_text("mika@acme.co.jp")
    expect(page.locator("main")).to_contain_text("Price")
    expect(page.locator("main")).to_contain_text("2030")


def test_by_mouse_in_place(delivered: Flask, visitor: Visitor) -> None:
    visitor.sign_in(delivered, "owner@acme.example")
    page = visitor.open(PAGE)
    page.get_by_role("link", name="Teach its fields").click()
    page.evaluate("window.sameDocument = true")
    page.locator("#field-start").check()
    expect(page.locator("[data-next]")).to_have_text("Start")
    page.evaluate("scrollTo(0, 60)")
    when = page.locator("button.branch", has_text="when")
    top = "each => each.getBoundingClientRect().top"
    before = when.evaluate(top)
    when.click()
    expect(page.locator("[data-announce]")).to_have_text("Start is taken from when.")
    expect(page.locator("[data-next]")).to_have_text("End")
    assert when.evaluate(top) == before
    assert page.evaluate("scrollY") == 60
    expect(page.locator("button.branch", has_text="when")).to_be_focused()
    page.locator("button.branch", has_text="til").click()
    page.locator("#at-name").select_option(label="who › called: Mika Sato")
    expect(page.locator("[data-announce]")).to_have_text("Name of the guest is taken from who › called.")
    expect(page.locator("#would-be + p + dl, #would-be ~ dl")).to_contain_text("Mika Sato")
    page.locator("#remove-end-1").click()
    expect(page.locator("[data-announce]")).to_have_text("End: removed.")
    expect(page.locator("#field-end")).to_be_focused()
    page.locator("button.branch", has_text="paid").click()
    expect(page.locator("[data-said].tone-bad")).to_contain_text("paid cannot be taken as End")
    assert [each for each in visitor.complaints if "422" not in each] == []
    visitor.complaints.clear()  # the browser's own line about that answer
    assert page.evaluate("window.sameDocument === true")
    page.get_by_role("button", name="Save").click()
    expect_booked(page)


def test_quick_presses_are_taken_one_after_the_other(delivered: Flask, visitor: Visitor) -> None:
    visitor.sign_in(delivered, "owner@acme.example")
    page = visitor.open(f"{PAGE}/teach")
    page.locator("#field-start").check()
    page.evaluate(
        """() => {
            for (const name of ["when", "til"]) {
                const all = [...document.querySelectorAll("button.branch")];
                all.find((each) => each.textContent.startsWith(name)).click();
            }
        }"""
    )
    expect(page.locator("li.taught:has(#field-start) .taught-path")).to_have_text("when")
    expect(page.locator("li.taught:has(#field-end) .taught-path")).to_have_text("til")


def test_by_keyboard_alone(delivered: Flask, visitor: Visitor) -> None:
    visitor.sign_in(delivered, "owner@acme.example")
    page = visitor.open(f"{PAGE}/teach")
    page.locator("main").focus()
    keys = page.keyboard

    def tab_to(selector: str, key: str = "Tab") -> None:
        for _ in range(60):
            keys.press(key)
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not on the way of the Tab key")

    def go(key: str, until: Callable[[], bool]) -> None:
        for _ in range(40):
            if until():
                return
            keys.press(key)
        raise AssertionError(f"{key} does not lead there")

    tab_to("button.branch")
    keys.press("Shift+Tab")
    tab_to("input[name=field]")
    go("ArrowDown", page.locator("#field-start").is_checked)
    keys.press("Enter")  # goes to the sample
    expect(page.locator("[data-next]")).to_have_text("Start")
    expect(page.locator("button.branch", has_text="when")).to_be_focused()  # the first that can be a time
    keys.press("Home")
    expect(page.locator("button.branch").first).to_be_focused()
    go("ArrowDown", lambda: page.evaluate("document.activeElement.textContent.startsWith('when')"))
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    keys.press("Enter")
    expect(page.locator("[data-announce]")).to_have_text("Start is taken from when.")
    expect(page.locator("button.branch", has_text="when")).to_be_focused()
    tab_to("input[name=field]")
    go("ArrowUp", page.locator("#field-name").is_checked)
    tab_to("#at-name")
    chosen = page.locator("#at-name")
    go("ArrowDown", lambda: chosen.evaluate("each => each.selectedOptions[0].text.startsWith('who › called')"))
    expect(page.locator("li.taught:has(#field-name) .taught-path")).to_have_count(0)  # not what was passed by
    keys.press("Enter")
    expect(page.locator("li.taught:has(#field-name) .taught-path")).to_have_text("who › called")
    tab_to("[data-save]")
    keys.press("Enter")
    expect_booked(page)


def test_without_javascript(delivered: Flask, chromium: Browser, served: str, visitor: Visitor) -> None:
    visitor.sign_in(delivered, "owner@acme.example")
    context = chromium.new_context(
        java_script_enabled=False,
        storage_state=visitor.context.storage_state(),
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    page.goto(f"{served}{PAGE}")
    page.get_by_role("link", name="Teach its fields").click()
    page.locator("#field-start").check()
    page.locator("button.branch", has_text="when").click()
    expect(page.locator("[data-said]")).to_have_text("Start is taken from when.")
    expect(page.locator("#field-end")).to_be_checked()
    page.locator("#at-name").select_option(label="who › called: Mika Sato")
    page.get_by_role("button", name="Show what the pull-downs say").click()
    expect(page.locator("li.taught:has(#field-name) .taught-path")).to_have_text("who › called")
    page.get_by_role("button", name="Save").click()
    expect_booked(page)
    context.close()
