"""Choosing deliveries on the phone: the buttons for them come into sight with the first tick."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.kit.delivery_log import begin_log

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIST = "/teams/acme/deliveries"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_buttons_for_it_come_into_sight_on_the_phone(app: Flask, visitor: Visitor, scripts: bool) -> None:
    log = begin_log(app, "acme")
    for _each in range(12):
        log.add("failed", reason="permission_missing")
    visitor.sign_in(app, "owner@acme.example")
    browser = visitor.context.browser
    assert browser is not None
    phone = browser.new_context(
        storage_state=visitor.context.storage_state(),
        viewport={"width": 390, "height": 844},
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    page = phone.new_page()
    page.goto(f"{visitor.url}{LIST}")
    dismiss = page.get_by_role("button", name="Dismiss")
    expect(dismiss).not_to_be_in_viewport()
    page.get_by_role("link", name="Mika Sato").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("input[name=id]").nth(1)).to_be_checked()
    expect(dismiss).to_be_in_viewport(ratio=1)
    if scripts:
        expect(page.locator("[data-chosen]")).to_have_text("(1)")
        expect(page.locator("[data-chosen]")).to_be_in_viewport(ratio=1)
    for _each in range(4):  # the link of this delivery, then boxes and links of those that follow
        page.keyboard.press("Tab")
        reached = page.locator(":focus").bounding_box()
        bar = page.locator(".bulk-actions").bounding_box()
        assert reached is not None
        assert bar is not None
        assert reached["y"] + reached["height"] <= bar["y"]
    dismiss.click()
    expect(page.locator("h1")).to_have_text("Dismiss 1 delivery?")
    phone.close()
