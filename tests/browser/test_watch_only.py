"""Watch only in a browser: switched on, booked, the sums looked at, gone live, and each record there once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from hubspot_sandbox.server import SandboxServer
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.store import db
from hubsync.store.calendars import Calendar
from tests.browser.conftest import Visitor
from tests.kit import rows
from tests.kit.page_bookings import complete_page_booking
from tests.kit.world import world

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HUBSPOT = "/teams/acme/settings/integrations/hubspot"
GUESTS = ("mika@acme.example.org", "rei@acme.example.org")


def book(app: Flask, email: str) -> None:
    with app.app_context():
        calendar = db.session.query(Calendar).one()
        asked = {row.part: row.id for row in calendar.questions}
        complete_page_booking(calendar, {asked["company"]: "Acme", asked["name"]: "Sato", asked["email"]: email})


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_a_team_looks_first_and_then_goes_live(app: Flask, sandbox: SandboxServer, visitor: Visitor) -> None:
    world(app, sandbox)
    visitor.sign_in(app, "owner@acme.example")
    page = visitor.open(HUBSPOT)
    page.get_by_text("Watch only: a trial without writing").click()
    press(page, "Watch only from now on")
    expect(page.get_by_role("heading", name="Nothing was watched yet")).to_be_visible()
    for email in GUESTS:
        book(app, email)
    page.reload()
    expect(page.locator(".counts")).to_contain_text(re.compile(r"2\s+New contacts"))
    page.get_by_role("link", name=re.compile("New companies")).first.click()
    expect(page.locator("table.log tbody tr")).to_have_count(1)
    expect(page.locator(".team-banner")).to_contain_text("writes nothing there")
    page.get_by_role("link", name="See what would have been posted").click()
    page.get_by_role("link", name=re.compile("Go live")).click()
    press(page, "Go live and post these 2 bookings")
    expect(page.locator("[data-told]")).to_have_text("0 of 2 bookings")
    with app.app_context():
        work_on_replays()
    expect(page.get_by_role("heading", name="All have been tried")).to_be_visible()
    state = sandbox.state
    with state.lock:
        held = {kind: len(state.records_of(int(rows.ACCOUNT), kind)) for kind in ("companies", "contacts")}
    assert held == {"companies": 1, "contacts": 2}
    expect(visitor.open("/teams/acme/deliveries").locator(".team-banner")).to_have_count(0)
