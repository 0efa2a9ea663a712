"""The order in which a screen reader meets the booking page, by roles and names: that of docs/ACCESSIBILITY.md."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from hubsync.domain.availability.opening_hours import OpeningHours
from tests.browser.guest_windows import ADDRESS, Guest, Open, guest, named, page_of_mornings, window
from tests.kit.free_times import at, change_rules

__all__ = ["guest", "page_of_mornings", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

FORM = f"{ADDRESS}?start={quote(at(9).isoformat())}&time_zone=Asia/Tokyo"

HEAD = """
- link "Skip to the content"
- main:
  - heading "Intro call" [level=1]
  - list:
    - listitem: "With: Mika Mori"
    - listitem: "Duration: 30 minutes"
"""

TIMES = """
  - region "December 2026":
    - link "Earlier month"
    - heading "December 2026" [level=2]
    - link "Later month"
    - table "December 2026":
      - rowgroup:
        - row "Mon Tue Wed Thu Fri Sat Sun":
          - columnheader "Mon"
          - columnheader "Sun"
      - rowgroup:
        - row:
          - cell "Tuesday, 1 December 2026, 2 free times":
            - link "Tuesday, 1 December 2026, 2 free times"
          - cell "Saturday, 5 December 2026, no free times"
  - region "Thursday, 3 December 2026":
    - heading "Thursday, 3 December 2026" [level=2]
    - group: Time zone Asia/Tokyo (UTC+9)
    - heading "Morning" [level=3]
    - list "Morning":
      - listitem:
        - link "09:00"
      - listitem:
        - link "09:30"
    - paragraph:
      - text: No time that suits?
      - 'link "Next free: Fri, 4 Dec 2026, 09:00"'
- contentinfo"""

ZONES = """
    - group:
      - text: Time zone Asia/Tokyo (UTC+9) Search by place or country
      - searchbox "Search by place or country"
      - status
      - text: Time zone
      - combobox "Time zone":
        - option "Asia/Tokyo" [selected]
        - option "UTC"
      - button "Show times in this zone"
"""

PROBLEMS = """
  - alert:
    - strong: "Nothing was booked yet. Please correct this:"
    - list:
      - listitem:
        - link "Name"
        - text: ": Please answer this."
      - listitem:
        - link "Email"
        - text: ": Enter your e-mail address."
"""

CHOSEN = """
  - paragraph:
    - time: Thursday, 3 December 2026, 09:00 to 09:30
    - text: Asia/Tokyo
  - button "Change the time"
"""

TAKEN = """
  - alert:
    - strong: "Nothing was booked yet: this time is not free any more. Please choose another one."
  - group "Free times nearby Asia/Tokyo":
    - radio "Wed, 2 Dec 2026, 09:00"
    - radio "Wed, 2 Dec 2026, 09:30"
    - button "See all free times"
"""

QUESTIONS = """
  - heading "About you" [level=2]
  - textbox "Company Name"
  - textbox "Name (required)"
  - textbox "Email (required)"
  - textbox "Comment"
  - button "Complete Booking"
- contentinfo"""

CONFIRMATION = """
- link "Skip to the content"
- main:
  - paragraph: Your booking is confirmed
  - heading "Intro call" [level=1]
  - paragraph: with Mika Mori
  - paragraph:
    - time: Thursday, 3 December 2026 09:00 – 09:30
    - text: Japan Standard Time · Asia/Tokyo
  - heading "What happens next" [level=2]
  - link "Add to calendar"
  - heading "If the time does not suit you any more" [level=2]
  - link "Move"
  - link "Cancel"
  - paragraph:
    - link "Book another time"
- contentinfo"""


def expect_order(page: Page, *parts: str) -> None:
    expect(page.locator("body")).to_match_aria_snapshot("".join(parts))


def fill_in(page: Page) -> None:
    page.get_by_label("Name (required)", exact=True).fill("Jun Mori")
    page.get_by_label("Email (required)", exact=True).fill("jun@mori.example")


def test_the_month_comes_before_the_times_and_the_next_free_one_last(
    page_of_mornings: Guest, window: Open
) -> None:
    page = window()
    page.goto(f"{ADDRESS}?see=2026-12-03")
    expect_order(page, HEAD, TIMES)
    expect(named(page, "link", "Thursday, 3 December 2026")).to_have_attribute("aria-current", "true")
    expect(page.locator("main [aria-current]")).to_have_count(1)
    page.locator(".zone-choice summary").click()
    expect(page.locator("#times")).to_match_aria_snapshot(ZONES)


def test_what_is_wrong_comes_before_the_time_and_the_questions(page_of_mornings: Guest, window: Open) -> None:
    page = window()
    page.goto(FORM)
    expect_order(page, HEAD, CHOSEN, QUESTIONS)
    named(page, "button", "Complete Booking").click()
    expect_order(page, HEAD, PROBLEMS, CHOSEN, QUESTIONS)
    fill_in(page)
    named(page, "button", "Complete Booking").click()
    expect_order(page, CONFIRMATION)


def test_times_nearby_stand_where_the_chosen_one_stood(page_of_mornings: Guest, window: Open) -> None:
    page = window()
    page.goto(FORM)
    fill_in(page)
    with page_of_mornings.app.app_context():
        weekly = change_rules(page_of_mornings.calendar_id).hours.weekly
        change_rules(page_of_mornings.calendar_id, hours=OpeningHours(weekly, {at(9).date(): ()}))
    named(page, "button", "Complete Booking").click()
    expect_order(page, HEAD, TAKEN, QUESTIONS)
