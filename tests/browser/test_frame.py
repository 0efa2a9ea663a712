"""The frame's small comforts: menu, theme, copying, dismissing."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Error, expect

from hubsync.services.teams import members
from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OWNER = "owner@acme.example"
SETTINGS = "/teams/acme/settings"


@pytest.fixture
def owner(app: Flask, visitor: Visitor) -> Visitor:
    with app.app_context():
        members.create_team("Acme", OWNER, "premium")
        members.create_team("Second", OWNER, "premium")
    visitor.sign_in(app, OWNER)
    return visitor


def test_light_and_dark_follow_the_machine_until_chosen_and_the_choice_stays(owner: Visitor) -> None:
    page = owner.open(SETTINGS)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    page.locator(".side-bar [data-theme-switch]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_phones_menu_works_by_keyboard(owner: Visitor) -> None:
    page = owner.open(SETTINGS)
    page.set_viewport_size({"width": 390, "height": 844})
    menu = page.locator("details.menu > summary")
    link = page.locator("details.menu a", has_text="Deliveries")
    expect(link).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu).to_be_focused()


def test_no_page_of_team_settings_is_wider_than_a_phone(owner: Visitor) -> None:
    owner.page.set_viewport_size({"width": 360, "height": 740})
    ends = ("", "/members", "/audit-trail", "/privacy", "/hand-over", "/delete")
    for end in (*ends, "/integrations", "/integrations/hubspot", "/integrations/signed-json"):
        page = owner.open(SETTINGS + end)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), end


def test_a_team_is_changed_in_two_clicks(owner: Visitor) -> None:
    page = owner.open(SETTINGS)
    page.locator(".side-bar .team-switcher summary").click()
    page.locator(".side-bar .team-switcher a", has_text="Second").click()
    page.wait_for_url("**/teams/second/settings")


def test_the_secret_is_copied_and_the_message_dismissed(owner: Visitor) -> None:
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = owner.open(f"{SETTINGS}/integrations/signed-json")
    page.get_by_role("button", name="Make address and secret").click()
    secret = page.locator("#secret").input_value()
    page.locator("[data-copy=secret]").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.goto(owner.url + SETTINGS)
    page.locator("#name").fill("Acme Trading")
    page.get_by_role("button", name="Save name").click()
    message = page.get_by_text("The team has a new name.")
    message.wait_for()
    page.get_by_role("button", name="Dismiss").click()
    expect(message).to_be_hidden()


def test_the_first_mistake_is_where_the_keyboard_is(owner: Visitor) -> None:
    page = owner.open(f"{SETTINGS}/members")
    page.locator("#email").fill("nonsense")
    owner.complaints.clear()
    page.get_by_role("button", name="Send invitation").click()
    page.get_by_text("Please correct this").wait_for()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.locator("#email")).to_be_focused()
    # Chromium reports every answer of 4xx, and this one is meant to be 422.
    assert all("422" in said for said in owner.complaints)
    owner.complaints.clear()


def test_on_the_phone_a_team_is_changed_with_the_keyboard_alone(owner: Visitor) -> None:
    page = owner.open(f"{SETTINGS}/members")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("details.menu > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    other = page.locator(".menu .team-switcher a", has_text="Second")
    expect(other).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(other).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/teams/second/settings/members$"))


def test_no_text_becomes_html_but_by_the_one_way_there_is(owner: Visitor) -> None:
    page = owner.open(SETTINGS)
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<p>evil</p>'")
    with pytest.raises(Error, match="Policy"):
        page.evaluate("trustedTypes.createPolicy('another', { createHTML: (html) => html })")
    assert page.evaluate("readPage('<p>ours</p>').querySelector('p').textContent") == "ours"
    complaints = [*owner.complaints]
    owner.complaints.clear()
    assert len(complaints) == 2
