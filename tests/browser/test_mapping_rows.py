"""The mapping editor in a browser: "+" and remove without a page load, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, expect

from hubsync.domain.questions import Kind
from tests.browser.conftest import Visitor
from tests.kit.connected_team import ConnectedTeam, connected_team

__all__ = ["connected_team"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def editor(connected_team: ConnectedTeam, visitor: Visitor) -> Page:
    visitor.sign_in(connected_team.app, "owner@acme.example")
    page = visitor.open(connected_team.editor)
    page.evaluate("window.sameDocument = true")
    return page


def same_document(page: Page) -> bool:
    return bool(page.evaluate("window.sameDocument === true"))


def rows(page: Page, section: str) -> int:
    return page.locator(f'[data-rows="{section}"] > [data-row]').count()


def test_plus_adds_a_row_in_place_and_moves_the_focus_there(connected_team: ConnectedTeam, editor: Page) -> None:
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
    assert [row[1::3] for row in connected_team.rows() if row[0] == "companies"] == [
        ("name", "fact:host"),
        ("domain", connected_team.token("Email")),
        ("city", "fact:calendar"),
    ]


def test_remove_takes_the_row_in_place_and_moves_the_focus_to_its_neighbour(
    connected_team: ConnectedTeam, editor: Page
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


def test_hints_follow_what_is_selected_without_a_page_load(
    connected_team: ConnectedTeam, visitor: Visitor
) -> None:
    connected_team.ask("Seats", Kind.NUMBER)
    visitor.sign_in(connected_team.app, "owner@acme.example")
    page = visitor.open(connected_team.editor)
    page.evaluate("window.sameDocument = true")
    hints, section = page.locator("#companies-0-hints"), page.locator('[data-hints="companies"]')
    expect(hints).to_have_text("")
    page.select_option("#companies-1-property_name", "")
    page.select_option("#companies-0-property_name", "domain")
    expect(hints).to_contain_text("A web or e-mail address becomes its domain")
    page.select_option("#companies-0-property_name", "numberofemployees")
    expect(hints).to_contain_text("HubSpot wants a number here.")
    expect(section).to_contain_text("No company will ever be posted")
    page.select_option("#companies-0-information", label="Seats (question)")
    expect(hints).to_have_text("")
    page.click("#companies-add")
    page.select_option("#companies-2-property_name", "name")
    page.select_option("#companies-2-information", "fact:host")
    expect(section).to_have_text("")
    page.uncheck("#contacts_on")
    expect(page.locator('[data-hints="contacts"]')).to_have_text("")
    assert same_document(page)
    assert connected_team.mapping() is None


def test_hints_stay_with_their_row_when_one_above_is_removed(editor: Page) -> None:
    editor.click("#companies-add")
    editor.select_option("#companies-2-property_name", "annualrevenue")
    editor.select_option("#companies-2-information", "fact:start")
    expect(editor.locator("#companies-2-hints")).to_contain_text("this never is one")
    editor.click('[data-rows="companies"] > :nth-child(1) [data-remove]')
    expect(editor.locator("#companies-1-hints")).to_contain_text("The part after the @")
    expect(editor.locator("#companies-2-hints")).to_contain_text("this never is one")


def test_changes_that_are_not_saved_are_said_and_asked_about(connected_team: ConnectedTeam, editor: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    editor.on("dialog", stay)
    line = editor.locator("[data-unsaved]")
    expect(line).to_be_hidden()
    editor.click("text=Back to Advanced settings")
    expect(editor.locator("h1")).to_have_text("Advanced settings")
    assert asked == []

    editor.goto(f"{editor.url.rsplit('/', 1)[0]}/advanced/hubspot")
    editor.select_option("#companies-0-information", "fact:host")
    expect(line).to_be_visible()
    editor.click("text=Back to Advanced settings")
    expect(editor.locator("h1")).to_have_text("Advanced settings")
    assert asked == ["beforeunload"]

    editor.goto(f"{editor.url.rsplit('/', 1)[0]}/advanced/hubspot")
    editor.select_option("#companies-0-information", "fact:host")
    editor.click("main button[name=save] >> nth=0")
    expect(editor.locator(".notice").first).to_contain_text("The mapping is saved.")
    expect(line).to_be_hidden()
    assert asked == ["beforeunload"]


def test_the_way_to_the_preview_and_back_loses_nothing(connected_team: ConnectedTeam, editor: Page) -> None:
    editor.click("#contacts-add")
    editor.select_option("#contacts-2-property_name", "jobtitle")
    editor.select_option("#contacts-2-information", "fact:host")
    editor.click("button[name=preview]")
    expect(editor.locator("h1")).to_have_text("Preview")
    expect(editor.locator("table.values").last).to_contain_text("owner@acme.example")
    editor.click("button[name=back]")
    expect(editor.locator("#contacts-2-property_name")).to_have_value("jobtitle")
    expect(editor.locator("[data-unsaved]")).to_be_visible()
    assert connected_team.mapping() is None


def test_without_javascript_rows_are_proposed_previewed_and_saved(
    connected_team: ConnectedTeam, visitor: Visitor
) -> None:
    connected_team.ask("Job title", Kind.TEXT)
    visitor.sign_in(connected_team.app, "owner@acme.example")
    context = visitor.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, storage_state=visitor.context.storage_state()
    )
    page = context.new_page()
    page.goto(visitor.url + connected_team.editor)
    page.click('[data-rows="contacts"] > :nth-child(3) [data-remove]')
    expect(page.locator("#contacts-1-property_name")).to_be_focused()
    expect(page.locator('[data-rows="contacts"] > [data-row]')).to_have_count(2)
    page.click("button[name=propose]")
    expect(page.locator("#contacts-2-property_name")).to_have_value("jobtitle")
    page.click("button[name=preview]")
    page.click("button[name=back]")
    page.click("#companies-add")
    expect(page.locator("#companies-2-property_name")).to_be_focused()
    page.select_option("#companies-2-property_name", "city")
    page.select_option("#companies-2-information", "fact:host")
    page.click("main button[name=save] >> nth=0")
    expect(page.locator(".notice").first).to_contain_text("The mapping is saved.")
    context.close()
    stored = [row[1] for row in connected_team.rows()]
    assert stored == ["name", "domain", "city", "email", "lastname", "firstname", "jobtitle"]


def test_the_keyboard_alone_adds_fills_and_saves_a_row(connected_team: ConnectedTeam, editor: Page) -> None:
    editor.focus("#contacts-add")
    editor.keyboard.press("Enter")
    expect(editor.locator("#contacts-2-property_name")).to_be_focused()
    editor.keyboard.type("Job Title")
    editor.keyboard.press("Tab")
    editor.keyboard.type("Host")
    editor.focus("#contacts_on")
    expect(editor.locator("#contacts_on")).to_have_css("outline-style", "solid")
    editor.keyboard.press("Enter")  # in a form, Enter presses its first button
    expect(editor.locator(".notice").first).to_contain_text("The mapping is saved.")
    assert ("contacts", "jobtitle", "Job Title", "string", "fact:host") in connected_team.rows()


def test_the_hundredth_row_is_the_last(editor: Page) -> None:
    editor.evaluate("for (let row = 0; row < 98; row++) document.getElementById('companies-add').click()")
    assert rows(editor, "companies") == 100
    expect(editor.locator("#companies-add")).to_be_disabled()
    editor.click('[data-rows="companies"] > :nth-child(50) [data-remove]')
    expect(editor.locator("#companies-add")).to_be_enabled()


def test_nothing_is_wider_than_the_screen(connected_team: ConnectedTeam, visitor: Visitor) -> None:
    connected_team.ask("御社の従業員数と主な事業内容をできるだけ詳しくお聞かせください" * 3, Kind.LONG_TEXT)
    visitor.sign_in(connected_team.app, "owner@acme.example")
    visitor.open(connected_team.editor).click("main button[name=save] >> nth=0")
    expect(visitor.page.locator(".notice").first).to_contain_text("The mapping is saved.")
    connected_team.book()
    for address in (
        connected_team.editor,
        f"{connected_team.editor}/preview",
        f"{connected_team.editor}/test",
        f"{connected_team.editor}/copy",
        connected_team.advanced,
        "/teams/acme/calendars",
        connected_team.advanced.rpartition("/")[0],
    ):
        page = visitor.open(address)
        for width in (390, 640, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)


def test_the_switch_says_whether_the_calendar_is_active_or_paused_as_it_is_pressed(
    connected_team: ConnectedTeam, visitor: Visitor, editor: Page
) -> None:
    word = editor.locator("label[for=active] span:not(.visually-hidden):visible")
    expect(word).to_have_text(["active"])
    editor.get_by_role("switch", name="HubSpot for this calendar: active").press("Space")
    expect(word).to_have_text(["paused"])
    editor.click("main button[name=save] >> nth=0")
    expect(editor.locator(".notice").first).to_contain_text("The mapping is saved.")
    visitor.open(connected_team.editor)
    expect(word).to_have_text(["paused"])
    editor.locator("label[for=active]").click()
    expect(word).to_have_text(["active"])


def test_rows_ask_about_records_that_exist_only_where_that_is_wanted(
    connected_team: ConnectedTeam, editor: Page
) -> None:
    choice = editor.locator("#companies-2-when_exists")
    editor.click("#companies-add")
    expect(choice).to_be_hidden()
    editor.focus(".map-more summary")
    editor.keyboard.press("Enter")
    editor.focus("#fills")
    editor.keyboard.press("Space")
    expect(editor.locator("#companies-0-when_exists")).to_be_hidden()  # by the name a company is found
    editor.select_option("#companies-2-property_name", "city")
    editor.select_option("#companies-2-information", "fact:calendar")
    choice.check()
    editor.select_option("#companies-1-property_name", "zip")
    editor.select_option("#companies-2-property_name", "domain")
    expect(choice).to_be_hidden()
    editor.select_option("#companies-2-property_name", "city")
    expect(choice).not_to_be_checked()
    choice.check()
    editor.click("main button[name=save] >> nth=0")
    expect(editor.locator(".notice").first).to_contain_text("The mapping is saved.")
    expect(choice).to_be_checked()
    expect(editor.locator(".map-more summary")).to_contain_text("Fill if empty")


def test_the_texts_of_a_meeting_say_what_they_give_as_they_are_written(editor: Page) -> None:
    given = editor.locator("[data-hints=meeting]")
    editor.click(".map-more summary")
    expect(editor.locator("#meeting_title")).to_be_hidden()
    editor.focus("#meetings_on")
    editor.keyboard.press("Space")
    expect(given).to_contain_text("Intro call: Mika Sato")
    editor.fill("#meeting_title", "With {guest_name} of {Company Name}")
    expect(given).to_contain_text("With Mika Sato of Acme Trading")
    assert same_document(editor)
    editor.click("main button[name=save] >> nth=0")
    expect(editor.locator(".map-more summary")).to_contain_text("Meeting on the timeline")
