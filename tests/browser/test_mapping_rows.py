"""The mapping editor in a browser: "+" and remove without a page load, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from hubsync.domain.questions import Kind
from tests.browser.conftest import Visitor
from tests.web.workshop import Workshop, workshop

__all__ = ["workshop"]
pytestmark = pytest.mark.browser


@pytest.fixture
def editor(workshop: Workshop, visitor: Visitor) -> Page:
    visitor.sign_in(workshop.app, "owner@acme.example")
    page = visitor.open(workshop.editor)
    page.evaluate("window.sameDocument = true")
    return page


def same_document(page: Page) -> bool:
    return bool(page.evaluate("window.sameDocument === true"))


def rows(page: Page, section: str) -> int:
    return page.locator(f'[data-rows="{section}"] > [data-row]').count()


def test_plus_adds_a_row_in_place_and_moves_the_focus_there(workshop: Workshop, editor: Page) -> None:
    editor.select_option("#companies-0-information", "fact:host")
    editor.click("#companies-add")
    assert same_document(editor)
    assert rows(editor, "companies") == 3
    expect(editor.locator("#companies-2-property_name")).to_be_focused()
    expect(editor.locator("[data-announce]")).to_have_text("Row added")
    editor.select_option("#companies-2-property_name", "city")
    editor.select_option("#companies-2-information", "fact:calendar")
    editor.click("main button[name=save] >> nth=0")
    expect(editor.locator(".notice").first).to_contain_text("The mapping is saved.")
    assert [row[1::3] for row in workshop.rows() if row[0] == "companies"] == [
        ("name", "fact:host"),
        ("domain", workshop.token("Email")),
        ("city", "fact:calendar"),
    ]


def test_remove_takes_the_row_in_place_and_moves_the_focus_to_its_neighbour(
    workshop: Workshop, editor: Page
) -> None:
    editor.click('[data-rows="contacts"] > :nth-child(1) [data-remove]')
    assert same_document(editor)
    assert rows(editor, "contacts") == 1
    expect(editor.locator("#contacts-1-property_name")).to_be_focused()
    editor.click('[data-rows="contacts"] [data-remove]')
    expect(editor.locator("#contacts-add")).to_be_focused()
    expect(editor.locator("[data-announce]")).to_have_text("Row removed")
    editor.click("#contacts-add")
    expect(editor.locator("#contacts-0-property_name")).to_be_focused()


def test_a_property_can_be_selected_once_and_is_free_again_after_its_row_is_gone(editor: Page) -> None:
    editor.click("#companies-add")
    taken = editor.locator('#companies-2-property_name option[value="name"]')
    assert taken.is_disabled()
    editor.click('[data-rows="companies"] > :nth-child(1) [data-remove]')
    assert not taken.is_disabled()


def test_hints_follow_what_is_selected(workshop: Workshop, visitor: Visitor) -> None:
    workshop.ask("Head count", Kind.NUMBER)
    visitor.sign_in(workshop.app, "owner@acme.example")
    page = visitor.open(workshop.editor)
    domain, number = (page.locator(f'#companies-0-hints [data-hint="{kind}"]') for kind in ("domain", "number"))
    expect(domain).to_be_hidden()
    page.select_option("#companies-1-property_name", "")
    page.select_option("#companies-0-property_name", "domain")
    expect(domain).to_be_visible()
    page.select_option("#companies-0-property_name", "numberofemployees")
    expect(domain).to_be_hidden()
    expect(number).to_be_visible()
    page.select_option("#companies-0-information", label="Head count (question)")
    expect(number).to_be_hidden()


def test_the_keyboard_alone_adds_fills_and_saves_a_row(workshop: Workshop, editor: Page) -> None:
    editor.focus("#contacts-add")
    editor.keyboard.press("Enter")
    expect(editor.locator("#contacts-2-property_name")).to_be_focused()
    editor.keyboard.type("Job Title")
    editor.keyboard.press("Tab")
    editor.keyboard.type("Host")
    editor.focus("#contacts_on")
    editor.keyboard.press("Enter")  # in a form, Enter presses its first button
    expect(editor.locator(".notice").first).to_contain_text("The mapping is saved.")
    assert ("contacts", "jobtitle", "Job Title", "string", "fact:host") in workshop.rows()


def test_the_hundredth_row_is_the_last(editor: Page) -> None:
    editor.evaluate("for (let row = 0; row < 98; row++) document.getElementById('companies-add').click()")
    assert rows(editor, "companies") == 100
    expect(editor.locator("#companies-add")).to_be_disabled()
    editor.click('[data-rows="companies"] > :nth-child(50) [data-remove]')
    expect(editor.locator("#companies-add")).to_be_enabled()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(workshop: Workshop, visitor: Visitor, width: int) -> None:
    workshop.ask("御社の従業員数と主な事業内容をできるだけ詳しくお聞かせください" * 3, Kind.LONG_TEXT)
    visitor.sign_in(workshop.app, "owner@acme.example")
    visitor.page.set_viewport_size({"width": width, "height": 844})
    for address in (
        workshop.editor,
        workshop.advanced,
        "/teams/acme/calendars",
        workshop.advanced.rpartition("/")[0],
    ):
        page = visitor.open(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
