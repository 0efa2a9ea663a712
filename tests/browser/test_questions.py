"""Guest Question Settings in a browser: dragging a question to another place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.kit.workshop import Workshop, workshop

__all__ = ["workshop"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def settings(workshop: Workshop, visitor: Visitor) -> Page:
    visitor.sign_in(workshop.app, "owner@acme.example")
    return visitor.open(workshop.advanced)


def handle(page: Page, label: str) -> tuple[float, float]:
    box = page.locator(".question-list > li", has_text=label).locator("[data-drag]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_question_is_dragged_to_another_place(workshop: Workshop, settings: Page) -> None:
    settings.mouse.move(*handle(settings, "Comment"))
    settings.mouse.down()
    x, y = handle(settings, "Company Name")
    settings.mouse.move(x, y - 10, steps=8)
    with settings.expect_navigation():
        settings.mouse.up()
    expect(settings.locator(".question-list strong")).to_have_text(["Comment", "Company Name", "Name", "Email"])
    assert list(workshop.questions()) == ["Comment", "Company Name", "Name", "Email"]


def test_escape_puts_a_dragged_question_back(workshop: Workshop, settings: Page) -> None:
    settings.mouse.move(*handle(settings, "Comment"))
    settings.mouse.down()
    settings.mouse.move(*handle(settings, "Company Name"), steps=8)
    settings.keyboard.press("Escape")
    settings.mouse.up()
    expect(settings.locator(".question-list strong")).to_have_text(["Company Name", "Name", "Email", "Comment"])
    assert list(workshop.questions()) == ["Company Name", "Name", "Email", "Comment"]
