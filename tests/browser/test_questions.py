"""Guest Question Settings in a browser: dragging a question to another place."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.kit.connected_team import ConnectedTeam, connected_team

__all__ = ["connected_team"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def settings(connected_team: ConnectedTeam, visitor: Visitor) -> Page:
    visitor.sign_in(connected_team.app, "owner@acme.example")
    return visitor.open(connected_team.advanced)


def handle(page: Page, label: str) -> tuple[float, float]:
    box = page.locator(".question-list > li", has_text=label).locator("[data-drag]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_question_is_dragged_to_another_place(connected_team: ConnectedTeam, settings: Page) -> None:
    settings.mouse.move(*handle(settings, "Comment"))
    settings.mouse.down()
    x, y = handle(settings, "Company Name")
    settings.mouse.move(x, y - 10, steps=8)
    with settings.expect_navigation():
        settings.mouse.up()
    expect(settings.locator(".question-list strong")).to_have_text(["Comment", "Company Name", "Name", "Email"])
    assert list(connected_team.questions()) == ["Comment", "Company Name", "Name", "Email"]


def test_escape_puts_a_dragged_question_back(connected_team: ConnectedTeam, settings: Page) -> None:
    settings.mouse.move(*handle(settings, "Comment"))
    settings.mouse.down()
    settings.mouse.move(*handle(settings, "Company Name"), steps=8)
    settings.keyboard.press("Escape")
    settings.mouse.up()
    expect(settings.locator(".question-list strong")).to_have_text(["Company Name", "Name", "Email", "Comment"])
    assert list(connected_team.questions()) == ["Company Name", "Name", "Email", "Comment"]
