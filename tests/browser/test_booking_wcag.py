"""No barrier that axe's rules of WCAG 2.2 know, in any state of the booking page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.questions import Kind
from hubsync.domain.unwanted_bookings import UnwantedRules
from hubsync.services.availability.saving import pause
from hubsync.services.unwanted.rules import save_rules
from tests.browser.guest_windows import ADDRESS, MORNINGS, Guest, Open, guest, named, page_of_mornings, window
from tests.browser.wcag import barriers
from tests.kit.free_times import at, change_rules
from tests.kit.settings import change_settings

__all__ = ["guest", "page_of_mornings", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORM = f"{ADDRESS}?start={quote(at(9).isoformat())}&time_zone=Asia/Tokyo"
ONE_DAY = OpeningHours(((),) * 7, {date(2027, 1, 20): (Interval(540, 570),)})
CLOSED = OpeningHours(((),) * 7)
WITHOUT_THE_DAY = OpeningHours(MORNINGS.weekly, {date(2026, 12, 3): ()})


def open_hours(guest: Guest, hours: OpeningHours) -> None:
    with guest.app.app_context():
        change_rules(guest.calendar_id, hours=hours)


def month(guest: Guest, page: Page) -> None:
    page.goto(f"{ADDRESS}?see=2026-12-03")
    expect(page.locator("#day-name")).to_have_text("Thursday, 3 December 2026")


def search_of_zones(guest: Guest, page: Page) -> None:
    month(guest, page)
    page.locator(".zone-choice summary").click()
    page.get_by_label("Search by place or country").fill("germ")
    expect(page.get_by_role("status")).to_have_text("Time zones found: 2")


def empty_month(guest: Guest, page: Page) -> None:
    open_hours(guest, ONE_DAY)
    page.goto(f"{ADDRESS}?see=2027-03")
    expect(page.locator("#day-name")).to_have_text("No free times in March 2027")


def empty_day(guest: Guest, page: Page) -> None:
    open_hours(guest, ONE_DAY)
    page.goto(f"{ADDRESS}?see=2027-01-21")
    expect(page.locator("main")).to_contain_text("No free times on this day.")


def no_free_times(guest: Guest, page: Page) -> None:
    open_hours(guest, CLOSED)
    page.goto(ADDRESS)
    expect(page.locator("h2").first).to_have_text("No free times at the moment")


def paused(guest: Guest, page: Page) -> None:
    with guest.app.app_context():
        pause(guest.calendar_id)
    page.goto(ADDRESS)
    expect(page.locator("main")).to_contain_text("takes no bookings at the moment")


def form(guest: Guest, page: Page) -> None:
    guest.ask("Which day suits?", Kind.DATE)
    guest.ask("How many?", Kind.NUMBER, supplement="A guess will do.")
    guest.ask("Colour", Kind.SINGLE_CHOICE, choices=["red", "blue"])
    guest.ask("I agree", Kind.CHECK_BOX, required=True)
    page.goto(FORM)
    expect(page.locator("h2").first).to_have_text("About you")


def errors(guest: Guest, page: Page) -> None:
    form(guest, page)
    named(page, "button", "Complete Booking").click()
    expect(page.get_by_role("alert")).to_contain_text("Please correct this")


def answers_typed(guest: Guest, page: Page) -> None:
    form(guest, page)
    named(page, "button", "Change the time").click()
    expect(page.locator("main")).to_contain_text("What you typed is kept")


def too_late(guest: Guest, page: Page) -> None:
    fill_in(page)
    open_hours(guest, WITHOUT_THE_DAY)
    named(page, "button", "Complete Booking").click()
    expect(page.get_by_role("group", name="Free times nearby")).to_be_visible()


def gone(guest: Guest, page: Page) -> None:
    open_hours(guest, WITHOUT_THE_DAY)
    page.goto(FORM)
    expect(page.get_by_role("alert")).to_contain_text("not free any more")


def confirmation(guest: Guest, page: Page) -> None:
    fill_in(page)
    named(page, "button", "Complete Booking").click()
    expect(page.locator("main")).to_contain_text("Your booking is confirmed")


def mistyped(guest: Guest, page: Page) -> None:
    with guest.app.app_context():
        save_rules(guest.calendar_id, UnwantedRules(typo_hint=True), 0)
    fill_in(page, "jun@gmial.com")
    named(page, "button", "Complete Booking").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("group", name="Did you mean jun@gmail.com?")).to_be_visible()


def too_many(guest: Guest, page: Page) -> None:
    change_settings(guest.app, forms_per_page=1)
    fill_in(page)
    page.request.post(ADDRESS, form={"form_token": ""})
    named(page, "button", "Complete Booking").click()
    expect(page.locator("main")).to_contain_text("everything that you typed is kept on this page")


def fill_in(page: Page, email: str = "jun@mori.example") -> None:
    page.goto(FORM)
    page.get_by_label("Name (required)", exact=True).fill("Jun Mori")
    page.get_by_label("Email (required)", exact=True).fill(email)


STATES = [
    month,
    search_of_zones,
    empty_month,
    empty_day,
    no_free_times,
    paused,
    form,
    errors,
    answers_typed,
    too_late,
    gone,
    confirmation,
    mistyped,
    too_many,
]


@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
def test_no_state_of_the_booking_page_has_a_barrier(
    page_of_mornings: Guest, window: Open, state: Callable[[Guest, Page], None]
) -> None:
    page = window()
    state(page_of_mornings, page)
    assert barriers(page) == []


def test_the_numbers_of_days_can_be_read(page_of_mornings: Guest, window: Open) -> None:
    """Axe looks at no colours of what is hidden from screen readers, to which the whole date is read instead."""
    page = window()
    month(page_of_mornings, page)
    page.evaluate("document.querySelectorAll('.day [aria-hidden]').forEach(each => each.ariaHidden = null)")
    assert barriers(page) == []


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('.month-step').firstElementChild.nextElementSibling.remove()", "link-name"),
        ("document.getElementById('day-name').style.opacity = '.4'", "color-contrast"),
        (
            "for (const name of 'ab') {"
            " const link = document.createElement('a'); link.href = link.textContent = name;"
            " Object.assign(link.style, { display: 'block', height: '9px', overflow: 'hidden' });"
            " document.querySelector('.times').append(link); }",
            "target-size",
        ),
        ("document.querySelector('.free-times').style.width = '900px'", "pixels wide"),
    ],
)
def test_a_barrier_is_seen_when_there_is_one(page_of_mornings: Guest, window: Open, spoil: str, rule: str) -> None:
    page = window()
    month(page_of_mornings, page)
    page.evaluate(spoil)
    assert any(rule in each for each in barriers(page))
