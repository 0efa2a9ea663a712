"""Windows of guests at a booking page of mornings, on a Monday at nine in Tokyo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
import time_machine
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from tests.kit.free_times import NOW, change_rules
from tests.kit.guest import ADDRESS, Guest, guest

__all__ = ["ADDRESS", "Guest", "guest"]

MORNINGS = OpeningHours(((Interval(9 * 60, 10 * 60),),) * 5 + ((), ()))
PHONE, DESKTOP = 390, 1280
REFUSALS = ("409", "422", "429")
"""Chromium reports every answer of 4xx; these are meant."""


class Open(Protocol):
    """Opens a window of somebody's browser."""

    def __call__(self, width: int = DESKTOP, **options: Any) -> Page: ...


@pytest.fixture
def page_of_mornings(guest: Guest) -> Iterator[Guest]:
    """A calendar that is open from nine to ten on working days, two times each."""
    with time_machine.travel(NOW, tick=True):
        with guest.app.app_context():
            change_rules(guest.calendar_id, hours=MORNINGS, step_minutes=30)
        yield guest


@pytest.fixture
def window(chromium: Browser, served: str) -> Iterator[Open]:
    """Windows in British English and on Tokyo's clock unless told; the test fails if a console complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(text: str) -> None:
        if not any(f"status of {each}" in text for each in REFUSALS):
            complaints.append(text)

    def opened(width: int = DESKTOP, **options: Any) -> Page:
        usual = {"timezone_id": "Asia/Tokyo", "locale": "en-GB", "base_url": served, "reduced_motion": "reduce"}
        contexts.append(chromium.new_context(viewport={"width": width, "height": 844}, **usual | options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        return page

    yield opened
    for each in contexts:
        each.close()
    assert complaints == []


def named(page: Page, role: Any, name: str) -> Locator:
    """The only thing of this role whose name begins so."""
    return page.get_by_role(role, name=name).locator("visible=true").first


def tab_to(page: Page, there: Locator, most: int = 60) -> None:
    """Press Tab until *there* has the focus; at each stop it must be to be seen that it has."""
    there.wait_for()
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.evaluate("document.activeElement.outerHTML.slice(0, 300)")
        if there.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{there} is not reached by Tab")


SHOWS_FOCUS = """() => {
  if (document.activeElement === document.body) return true; // between the last stop and the first one
  if (document.activeElement.type === "date") return true; // its parts show it, which no script sees
  const look = getComputedStyle(document.activeElement);
  return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
}"""
