"""The log in a browser: choosing many, and a replay whose progress moves by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.store import write_transaction
from hubsync.store.replays import Replay
from tests.browser.conftest import Visitor
from tests.kit.delivery_log import Log, begin_log

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LIST = "/teams/acme/deliveries"


@pytest.fixture
def log(app: Flask) -> Log:
    return begin_log(app, "acme")


def signed_in(log: Log, visitor: Visitor, address: str) -> Page:
    visitor.sign_in(log.app, "owner@acme.example")
    return visitor.open(address)


def test_one_tick_chooses_all_on_the_page_and_says_how_many(log: Log, visitor: Visitor) -> None:
    for _each in range(3):
        log.add("failed", reason="permission_missing")
    page = signed_in(log, visitor, LIST)
    told = page.locator("[data-chosen]")
    expect(told).to_have_text("(0)")
    page.get_by_label("all on this page").check()
    expect(told).to_have_text("(3)")
    page.locator("input[name=id]").first.uncheck()
    expect(told).to_have_text("(2)")
    page.get_by_role("button", name="Dismiss").click()
    page.locator("main .button-row button").first.click()
    expect(page.locator("main")).to_contain_text("2 deliveries were dismissed.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-chosen]")).to_have_text("(0)")
    assert page.locator("input[name=id]").count() == 3


def test_the_progress_moves_by_itself_and_ends(log: Log, visitor: Visitor) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    page = signed_in(log, visitor, "/teams/acme/deliveries/missed")
    page.get_by_role("button", name="Post 1 missed booking").click()
    expect(page.locator("[data-told]")).to_have_text("0 of 1 booking")
    expect(page.locator("[data-count=posted]")).to_have_text("0")
    with log.app.app_context(), write_transaction() as session:
        session.query(Replay).update({"posted": 7})  # as a worker counts them
    expect(page.locator("[data-count=posted]")).to_have_text("7")
    with log.app.app_context():
        work_on_replays()
    expect(page.get_by_role("heading", name="All have been tried")).to_be_visible()
    expect(page.locator("[data-told]")).to_have_text("1 of 1 booking")


def test_a_paused_one_shows_when_somebody_lets_it_go_on(log: Log, visitor: Visitor) -> None:
    log.connect()
    log.add("waiting", reason="access_lost")
    page = signed_in(log, visitor, "/teams/acme/deliveries/missed")
    page.get_by_role("button", name="Post 1 missed booking").click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    with log.app.app_context(), write_transaction() as session:
        session.query(Replay).update({"paused_at": None})
    expect(page.get_by_role("heading", name="Posting to HubSpot")).to_be_visible()
