"""A guest books in Chromium: by mouse, by keyboard alone, without JavaScript, from other zones, and too late."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.guest_windows import (
    ADDRESS,
    DESKTOP,
    PHONE,
    Guest,
    Open,
    guest,
    named,
    page_of_mornings,
    tab_to,
    window,
)
from tests.kit.free_times import at

__all__ = ["guest", "page_of_mornings", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORM = f"{ADDRESS}?start={quote(at(9).isoformat())}&time_zone=Asia/Tokyo"
CONFIRMED = re.compile("/confirmed/")


def answer(page: Page, name: str = "Jun Mori") -> None:
    page.get_by_label("Name (required)", exact=True).fill(name)
    page.get_by_label("Email (required)", exact=True).fill("jun@mori.example")


def background(of: Locator) -> str:
    return str(of.evaluate("element => getComputedStyle(element).backgroundColor"))


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("script", [True, False])
def test_a_guest_books_by_mouse(page_of_mornings: Guest, window: Open, width: int, script: bool) -> None:
    page = window(width, java_script_enabled=script, color_scheme="dark" if script else "light")
    page.goto(ADDRESS)
    named(page, "link", "Later month").click()
    expect(page.locator("#month-name")).to_have_text("December 2026")
    named(page, "link", "Thursday, 3 December 2026, 2 free times").click()
    expect(page.locator("#day-name")).to_have_text("Thursday, 3 December 2026")
    expect(page.locator("#day-name")).to_be_in_viewport()
    named(page, "link", "09:00").click()
    expect(page.locator(".chosen-time")).to_contain_text("Thursday, 3 December 2026, 09:00 to 09:30")
    answer(page)
    named(page, "button", "Complete Booking").click()
    expect(page).to_have_url(CONFIRMED)
    expect(page.locator("main")).to_contain_text("Thursday, 3 December 2026 09:00 – 09:30")
    assert [each.starts_at for each in page_of_mornings.bookings()] == [at(9)]


def test_a_guest_books_by_the_keyboard_alone(page_of_mornings: Guest, window: Open) -> None:
    page = window()
    page.goto(ADDRESS)
    tab_to(page, named(page, "link", "Monday, 30 November 2026"))
    for key, day in (
        ("PageDown", "Tuesday, 1 December"),
        ("ArrowRight", "Wednesday, 2 December"),
        ("ArrowDown", "Wednesday, 9 December"),
        ("ArrowLeft", "Tuesday, 8 December"),
        ("ArrowUp", "Tuesday, 1 December"),
        ("End", "Thursday, 31 December"),
        ("PageDown", "Friday, 1 January"),
        ("PageUp", "Tuesday, 1 December"),
        ("ArrowLeft", "Tuesday, 1 December"),
        ("End", "Thursday, 31 December"),
        ("Home", "Tuesday, 1 December"),
        ("ArrowRight", "Wednesday, 2 December"),
        ("ArrowRight", "Thursday, 3 December"),
    ):
        page.keyboard.press(key)
        expect(named(page, "link", day)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#times")).to_be_focused()
    expect(page.locator("#day-name")).to_have_text("Thursday, 3 December 2026")
    tab_to(page, named(page, "link", "09:30"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Name (required)", exact=True))
    page.keyboard.type("Jun Mori")
    page.keyboard.press("Tab")
    page.keyboard.type("jun@mori.example")
    page.keyboard.press("Enter")
    expect(page).to_have_url(CONFIRMED)
    assert [each.starts_at for each in page_of_mornings.bookings()] == [at(9, 30)]


def test_months_are_gone_through_by_one_key_after_the_other(page_of_mornings: Guest, window: Open) -> None:
    page = window()
    page.goto(ADDRESS)
    for month in ("December 2026", "January 2027"):
        tab_to(page, named(page, "link", "Later month"))
        page.keyboard.press("Enter")
        expect(page.locator("#month-name")).to_have_text(month)
        expect(page.locator("#month")).to_be_focused()


def test_the_zone_is_the_browsers_own_until_another_one_is_found_and_shown(
    page_of_mornings: Guest, window: Open
) -> None:
    page = window(timezone_id="America/New_York")
    page.goto(f"{ADDRESS}?see=2026-12-02&utm_source=news")
    expect(page).to_have_url(re.compile("time_zone=America%2FNew_York"))
    choice = page.locator(".zone-choice summary")
    expect(choice).to_have_text("Time zone America/New York (UTC-5)")
    expect(named(page, "link", "19:00")).to_be_visible()
    choice.focus()
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Search by place or country"))
    page.keyboard.type("germ")
    expect(page.get_by_role("status")).to_have_text("Time zones found: 2")
    expect(page.locator("#time_zone option")).to_have_text(["Berlin", "Busingen"])
    tab_to(page, page.get_by_label("Time zone", exact=True))
    page.keyboard.press("Enter")
    expect(choice).to_have_text("Time zone Europe/Berlin (UTC+1)")
    expect(page.locator("#times")).to_be_focused()
    expect(page.locator("#day-name")).to_have_text("Wednesday, 2 December 2026")
    expect(named(page, "link", "01:00")).to_be_visible()
    assert "utm_source=news" in page.url


def test_an_old_name_of_a_zone_is_taken_from_the_browser(page_of_mornings: Guest, window: Open) -> None:
    page = window(timezone_id="Asia/Calcutta")
    page.goto(ADDRESS)
    expect(page.locator(".zone-choice summary")).to_contain_text("(UTC+5:30)")


def test_what_is_searched_in_vain_takes_nothing_away(page_of_mornings: Guest, window: Open) -> None:
    page = window()
    page.goto(ADDRESS)
    page.locator(".zone-choice summary").click()
    options = page.locator("#time_zone option")
    number = options.count()
    search = page.get_by_label("Search by place or country")
    search.fill("são pau")
    expect(options.first).to_have_text("Sao Paulo")
    search.fill("nowhere at all")
    expect(page.get_by_role("status")).to_have_text("Time zones found: 0")
    expect(options).to_have_count(number)
    expect(page.locator("#time_zone")).to_have_value("Asia/Tokyo")


def test_the_pull_down_of_zones_works_without_javascript(page_of_mornings: Guest, window: Open) -> None:
    page = window(java_script_enabled=False)
    page.goto(f"{ADDRESS}?see=2026-12-03&utm_source=news")
    expect(page.locator(".zone-choice summary")).to_have_text("Time zone Asia/Tokyo (UTC+9)")
    page.locator(".zone-choice summary").click()
    expect(page.get_by_label("Search by place or country")).to_be_hidden()
    page.get_by_label("Time zone", exact=True).select_option("Europe/Paris")
    named(page, "button", "Show").click()
    expect(page.locator(".zone-choice summary")).to_have_text("Time zone Europe/Paris (UTC+1)")
    assert "utm_source=news" in page.url


@pytest.mark.parametrize("script", [True, False])
def test_whoever_is_too_late_keeps_what_was_typed(page_of_mornings: Guest, window: Open, script: bool) -> None:
    pages = [window(java_script_enabled=each) for each in (script, True)]
    for page in pages:
        page.goto(FORM)
        answer(page)
    late, early = pages
    late.get_by_label("Comment").fill("typed with care\nin two lines")
    named(early, "button", "Complete Booking").click()
    expect(early).to_have_url(CONFIRMED)
    named(late, "button", "Complete Booking").click()
    expect(late.get_by_role("alert")).to_contain_text("this time is not free any more")
    if script:
        expect(late.get_by_role("alert")).to_be_focused()
    expect(late.get_by_label("Comment")).to_have_value("typed with care\nin two lines")
    expect(late.get_by_role("radio", checked=True)).to_have_count(0)
    chosen, other = (late.get_by_role("radio", name=f"{each} Dec 2026, 09:30") for each in ("Thu, 3", "Fri, 4"))
    expect(other).to_have_css("background-color", background(chosen))  # none of them looks chosen
    chosen.check()
    expect(chosen).not_to_have_css("background-color", background(other))
    named(late, "button", "Complete Booking").click()
    expect(late).to_have_url(CONFIRMED)
    first, second = page_of_mornings.bookings()
    assert (first.starts_at, second.starts_at) == (at(9), at(9, 30))
    assert "typed with care\r\nin two lines" in second.answers.values() or "typed with care\nin two lines" in (
        second.answers.values()
    )


def test_another_time_is_chosen_by_keyboard_with_answers_typed(page_of_mornings: Guest, window: Open) -> None:
    page = window()
    page.goto(FORM)
    answer(page)
    tab_to(page, named(page, "button", "Change the time"))
    page.keyboard.press("Enter")
    expect(page.locator("#times")).to_be_focused()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    named(page, "button", "Thursday, 3 December 2026").focus()
    page.keyboard.press("PageDown")
    expect(named(page, "button", "Friday, 1 January 2027")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#times")).to_be_focused()
    tab_to(page, named(page, "button", "09:30"))
    page.keyboard.press("Enter")
    expect(page.locator(".chosen-time")).to_contain_text("Friday, 1 January 2027, 09:30 to 10:00")
    expect(page.get_by_label("Name (required)", exact=True)).to_have_value("Jun Mori")


def test_what_is_missing_is_said_at_its_field_and_the_link_leads_there(
    page_of_mornings: Guest, window: Open
) -> None:
    page = window(PHONE)
    page.goto(FORM)
    page.get_by_label("Comment").fill("typed with care")
    named(page, "button", "Complete Booking").click()
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, named(page, "link", "Email"))
    page.keyboard.press("Enter")
    email = page.get_by_label("Email (required)", exact=True)
    expect(email).to_be_focused()
    expect(email).to_have_accessible_description("Enter your e-mail address.")
    expect(page.get_by_label("Comment")).to_have_value("typed with care")


def booked(page: Page) -> None:
    page.goto(FORM)
    answer(page)
    named(page, "button", "Complete Booking").click()
    expect(page).to_have_url(CONFIRMED)


@pytest.mark.parametrize("script", [True, False])
def test_a_guest_moves_a_booking_and_then_cancels_it(page_of_mornings: Guest, window: Open, script: bool) -> None:
    page = window(DESKTOP if script else PHONE, java_script_enabled=script)
    booked(page)
    (made,) = page_of_mornings.bookings()
    press_or_click(page, named(page, "link", "Move"), script)
    expect(page.locator("#day-name")).to_have_text("Thursday, 3 December 2026")
    page.wait_for_load_state()
    press_or_click(page, named(page, "link", "Friday, 4 December 2026"), script)
    expect(page.locator("#day-name")).to_have_text("Friday, 4 December 2026")
    expect(page.locator("#times")).to_be_focused()
    press_or_click(page, named(page, "link", "09:30"), script)
    expect(page.locator(".chosen-time")).to_contain_text("Friday, 4 December 2026, 09:30 to 10:00")
    page.get_by_label("Reason (optional)").fill("A train is late")
    press_or_click(page, named(page, "button", "Move the booking"), script)
    expect(page.locator("main")).to_contain_text("Your booking has its new time")
    expect(page.locator("main")).to_contain_text("Friday, 4 December 2026 09:30 – 10:00")
    press_or_click(page, named(page, "link", "Cancel"), script)
    press_or_click(page, named(page, "button", "Cancel the booking"), script)
    expect(page.locator("main")).to_contain_text("Your booking is cancelled")
    (left,) = page_of_mornings.bookings()
    assert (left.id, left.starts_at, left.cancelled_at is None) == (made.id, at(9, 30) + timedelta(days=1), False)


def press_or_click(page: Page, there: Locator, by_keyboard: bool) -> None:
    """Get there by Tab and press Enter, or click."""
    if not by_keyboard:
        there.click()
        return
    tab_to(page, there)
    page.keyboard.press("Enter")
