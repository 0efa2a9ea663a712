"""An owner sets free times up in Chromium, by mouse, by keyboard and without JavaScript, and reads why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from hubsync.domain.availability.opening_hours import Interval
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.services.availability.rules import load_rules
from hubsync.services.signin import links
from hubsync.store import end_read
from tests.browser.guest_windows import PHONE, Open, named, tab_to, window
from tests.browser.wcag import barriers
from tests.kit.free_times import PageTeam, make_page_team
from tests.kit.settings import OWNER

__all__ = ["window"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

ONE_SCREEN = 860
"""What a window of 1280 by 900 shows below a line of the browser's own."""
EVENING = Interval(18 * 60, 19 * 60 + 30)
USUAL = Interval(9 * 60, 17 * 60)


@dataclass
class Owner:
    """The owner of a calendar with the usual hours, and a Sunday that guests may book."""

    app: Flask
    window: Open
    team: PageTeam
    sunday: date

    def open(self, width: int = 1280, *, script: bool = True) -> Page:
        page = self.window(width, java_script_enabled=script)
        with self.app.app_context():
            page.goto(links.make_link(OWNER))
        page.locator("main form button").click()
        page.wait_for_url("**/teams/acme/**")
        page.goto(f"/teams/acme/calendars/{self.team.calendar_id}/free-times")
        return page

    def rules(self) -> FreeTimeRules:
        with self.app.app_context():
            found = load_rules(self.team.calendar())[0]
            end_read()
            return found

    def save(self, page: Page) -> None:
        named(page, "button", "Save").click()
        expect(page.get_by_text("The free times are saved.")).to_be_visible()

    def read_why(self, page: Page) -> list[str]:
        """The first times of the Sunday, as *Why?* tells them."""
        page.get_by_label("Day", exact=True).fill(self.sunday.isoformat())
        named(page, "button", "Show").click()
        expect(page.get_by_role("heading", name="Sunday")).to_be_in_viewport()
        return page.locator(".why-list li").all_inner_texts()


@pytest.fixture
def owner(app: Flask, window: Open) -> Owner:
    with app.app_context():
        team = make_page_team(owner=OWNER)
        end_read()
    soon = datetime.now(UTC).date() + timedelta(days=7)
    return Owner(app, window, team, soon + timedelta(days=(6 - soon.weekday()) % 7))


def test_hours_and_a_day_are_added_in_place(owner: Owner) -> None:
    page = owner.open()
    form = page.locator("main form.panel").bounding_box()
    assert form is not None
    assert form["height"] < ONE_SCREEN
    expect(page.get_by_label("Monday, opens")).to_have_count(2)
    expect(page.get_by_label("Monday, opens").last).to_be_hidden()
    named(page, "button", "Add hours on Monday").click()
    expect(page.get_by_label("Monday, opens").last).to_be_focused()
    page.keyboard.type("18:00")
    page.get_by_label("Monday, closes").last.fill("19:30")
    named(page, "button", "Add a day").click()
    expect(page.get_by_label("Other day", exact=True)).to_be_focused()
    page.get_by_label("Other day", exact=True).fill(owner.sunday.isoformat())
    for opens, closes in (("10", "11"), ("12", "12:30")):
        named(page, "button", "Add hours on Other day").click()
        page.keyboard.type(opens)
        page.get_by_label("Other day, closes").last.fill(closes)
    owner.save(page)
    assert owner.rules().hours.weekly[0] == (USUAL, EVENING)
    assert owner.rules().hours.days == {owner.sunday: (Interval(600, 660), Interval(720, 750))}
    assert [each.split()[-1] for each in owner.read_why(page)] == ["free"] * 3


def test_hours_and_a_day_are_added_without_javascript(owner: Owner) -> None:
    page = owner.open(PHONE, script=False)
    page.get_by_label("Monday, opens").last.fill("18:00")
    page.get_by_label("Monday, closes").last.fill("19:30")
    page.get_by_label("Other day", exact=True).fill(owner.sunday.isoformat())
    page.get_by_label("Other day, opens").fill("10")
    page.get_by_label("Other day, closes").fill("11")
    owner.save(page)
    assert owner.rules().hours.weekly[0] == (USUAL, EVENING)
    assert owner.rules().hours.days == {owner.sunday: (Interval(600, 660),)}
    assert len(owner.read_why(page)) == 2


def test_hours_are_added_by_the_keyboard_alone(owner: Owner) -> None:
    page = owner.open()
    tab_to(page, named(page, "button", "Add hours on Tuesday"))
    page.keyboard.press("Enter")
    for typed in ("18:00", "19:30"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    tab_to(page, named(page, "button", "Save"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The free times are saved.")).to_be_visible()
    assert owner.rules().hours.weekly[1] == (USUAL, EVENING)


def test_what_is_wrong_is_where_the_keyboard_is_and_its_link_leads_there(owner: Owner) -> None:
    page = owner.open()
    page.get_by_label("Monday, opens").first.fill("nine")
    named(page, "button", "Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wrong = page.get_by_label("Monday, opens").first
    expect(wrong).to_be_focused()
    expect(wrong).to_have_accessible_description("The opening is a time like 09:00.")


def test_the_page_has_no_barrier_as_it_is_opened_filled_in_and_found_wrong(owner: Owner) -> None:
    page = owner.open()
    assert barriers(page) == []
    named(page, "button", "Add hours on Monday").click()
    named(page, "button", "Add a day").click()
    assert barriers(page) == []
    page.get_by_label("Tuesday, opens").first.fill("nine")
    page.get_by_label("A start time every").fill("4")
    page.get_by_label("Other day, opens").first.evaluate(
        "element => element.closest('[data-interval]').hidden = false"
    )
    named(page, "button", "Save").click()
    page.get_by_role("alert").wait_for()
    assert barriers(page) == []
