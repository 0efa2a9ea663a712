"""The page of a booking source in a browser: Copy, and what came appears by itself."""

from __future__ import annotations

import pytest
import requests
from flask import Flask
from playwright.sync_api import expect

from hubsync.services import now
from hubsync.sources.registry import SOURCES, read_sample
from tests.browser.conftest import Visitor
from tests.kit.world import create_team

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEVERAL = "/teams/acme/settings/integrations/signed-webhook"
PAGE = "/teams/acme/settings/integrations/signed-json"
SOURCE = SOURCES["signed_json"]


def test_address_and_secret_are_copied_and_a_booking_appears_by_itself(app: Flask, visitor: Visitor) -> None:
    create_team(app)
    visitor.sign_in(app, "owner@acme.example")
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.open(PAGE)
    page.get_by_role("button", name="Make address and secret").click()
    copied = []
    for box in ("address", "secret"):
        page.locator(f"[data-copy={box}]").click()
        expect(page.locator(f"[data-copy={box}]")).to_have_text("Copied")
        copied.append(page.evaluate("navigator.clipboard.readText()"))
    address, secret = copied
    assert address.startswith(f"{visitor.url}/intake/json/")
    expect(page.locator(".state-line")).to_have_text("Ready. Nothing received yet.")
    sample = read_sample(SOURCE)
    assert sample is not None
    sent = SOURCE.prove(secret, sample, now())
    answer = requests.post(address, data=sent.body, headers=dict(sent.headers), timeout=60)
    assert answer.status_code == 200, answer.text
    expect(page.locator("table.received tbody tr")).to_have_count(1)
    expect(page.locator("[data-live-said]")).to_contain_text("Last received")
    assert page.input_value("#secret") == secret  # the page itself stayed, with what it shows once


def test_enter_in_the_name_chooses_no_sender(app: Flask, visitor: Visitor) -> None:
    create_team(app)
    visitor.sign_in(app, "owner@acme.example")
    page = visitor.open(SEVERAL)
    page.get_by_label("Name").fill("Contact form")
    page.get_by_label("Name").press("Enter")
    page.get_by_role("button", name="Add Tally").click()
    expect(page.get_by_role("heading", name="How to let Tally send here")).to_be_visible()
    assert page.title().startswith("Contact form")
    visitor.open(SEVERAL)
    expect(page.locator(".plain-list li")).to_have_count(1)
