"""Bookings of before in a browser: a file with faults, its columns, begun, paused, done, a row of it undone."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.imports.worker import work_on_imports
from tests.browser.conftest import Visitor
from tests.kit.imports import file_of
from tests.kit.world import world

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = "/teams/acme/settings/import"
HEADING = "ID,Who it was,Email,Company,Start"
FAULTY = "b-9,Ann,nobody@,Acme,2026-03-01 10:00\n"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def work(app: Flask) -> None:
    with app.app_context():
        work_on_imports(seconds=60)


def upload(app: Flask, page: Page, text: str) -> None:
    """Choose the file and see it checked; the page of an import goes on by itself as soon as it is."""
    file = {"name": "bookings.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File", exact=True).set_input_files([file])  # type: ignore[list-item]
    press(page, "Upload and check")
    work(app)
    expect(page.get_by_role("heading", name="Columns")).to_be_visible()


def test_a_file_is_mended_taken_in_with_a_pause_and_one_row_undone(
    app: Flask, sandbox: SandboxServer, visitor: Visitor
) -> None:
    world(app, sandbox)
    visitor.sign_in(app, "owner@acme.example")
    page = visitor.open(PAGE)
    upload(app, page, file_of([1, 2], HEADING) + FAULTY)
    expect(page.locator("[aria-labelledby=faults] tbody tr")).to_have_text(
        re.compile(r"Row 4\s*Email\s*This is not an e-mail address")
    )
    guest = page.get_by_label("Who it was")
    expect(guest).to_have_value("")
    guest.select_option(label="Name")
    press(page, "Check again")
    work(app)
    expect(guest).not_to_have_value("")
    expect(page.locator("[aria-labelledby=first] summary").first).to_contain_text("Mika 1")
    press(page, "Import 2 bookings")
    expect(page.get_by_role("alert")).to_contain_text("Tick that rows with a fault are left out")
    assert "422" in visitor.complaints.pop()

    press(page, "Discard the file")
    page.goto(visitor.url + PAGE)
    upload(app, page, file_of([1, 2]) + FAULTY)
    page.get_by_label("Leave out the row with a fault").check()
    press(page, "Import 2 bookings")
    expect(page.locator("[data-told]")).to_contain_text("0 of 3 rows")
    press(page, "Pause")
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    work(app)
    expect(page.locator("[data-count=taken]")).to_have_text("0")
    press(page, "Continue")
    expect(page.get_by_role("heading", name="Bookings are being taken in")).to_be_visible()
    work(app)
    expect(page.get_by_role("heading", name="All rows are done")).to_be_visible()
    assert records(sandbox) == [0, 0]  # they are posted like any other
    with app.app_context():
        run_due()
    assert records(sandbox) == [2, 2]
    page.get_by_role("link", name="Show them in Deliveries").click()
    expect(page.locator("table.log tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Mika 2").first.click()
    expect(page.locator(".about")).to_contain_text("row 3 of its file")
    page.get_by_role("link", name="Undo the delivery").click()
    press(page, "Undo in HubSpot")
    expect(page.locator("main")).to_contain_text("It is undone.")
    assert records(sandbox) == [1, 1]


def records(sandbox: SandboxServer) -> list[int]:
    """How many companies and contacts HubSpot has that are not archived."""
    state = sandbox.state
    with state.lock:
        found = [state.records_of(DEFAULT_ACCOUNT, kind) for kind in ("companies", "contacts")]
        return [sum(not each.archived for each in kind) for kind in found]
