"""Calendars that a booking source made: they have no booking page, and their pages do not speak of one."""

from __future__ import annotations

import pytest

from hubsync.store import db
from hubsync.store.calendars import Calendar
from tests.kit.browser import Browser
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.page import words
from tests.kit.source_calendars import send, sent

__all__ = ["connected_team", "sent"]

LIST = "/teams/acme/calendars"


def press(person: Browser, address: str, way: str) -> str:
    """Press Archive or Take it back and read the page that follows."""
    field = person.open(f"{address}/settings").select_one("main input[name=csrf_token]")
    assert field is not None
    answer = person.send(f"{address}/{way}", [("csrf_token", str(field["value"]))])
    assert answer.status_code == 302
    return str(person.open(str(answer.headers["Location"])))


@pytest.mark.parametrize("state", ["active", "paused", "not_set_up"])
def test_archiving_says_what_goes_on_and_how_to_stop_it(sent: ConnectedTeam, state: str) -> None:
    one = f"{LIST}/{sent.calendar_id}"
    if state != "not_set_up":
        sent.owner.press(sent.editor, active="on" if state == "active" else None)
    confirmed = press(sent.owner, one, "archive")
    told, came = {
        "active": ("What Signed JSON sends for it is still taken and posted.", "posted"),
        "paused": ("still taken, and not posted: HubSpot is paused.", "skipped"),
        "not_set_up": ("still taken, and waits: HubSpot is not added.", "waiting"),
    }[state]
    assert send(sent, 1) == came
    for shown in (confirmed, str(sent.owner.open(one)), str(sent.owner.open(f"{one}/settings"))):
        assert told in shown
        assert "booking page is closed" not in shown
        assert "Guests who open it" not in shown
        link = f'<a href="{sent.advanced}#integration">To stop posting, pause HubSpot for this calendar</a>'
        assert (link in shown) == (state == "active")
    back = press(sent.owner, one, "restore")
    assert "The calendar is back in the list." in back
    assert "booking page takes bookings" not in back


def test_of_a_calendar_with_a_page_archiving_still_says_that_it_is_closed(connected_team: ConnectedTeam) -> None:
    one = f"{LIST}/{connected_team.calendar_id}"
    for shown in (press(connected_team.owner, one, "archive"), str(connected_team.owner.open(one))):
        assert "its booking page is closed, and everything is kept" in shown
        assert "still taken" not in shown


def test_its_pages_name_the_source_and_no_duration(sent: ConnectedTeam) -> None:
    row = words(sent.owner.open(LIST).select_one("tbody tr"))
    one = words(sent.owner.open(f"{LIST}/{sent.calendar_id}"))
    assert "Signed JSON · owner@acme.example" in row
    assert "its bookings arrive from Signed JSON" in one
    for shown in (row, one):
        assert "minutes" not in shown


def test_it_is_renamed_without_a_word_of_duration_or_guests(sent: ConnectedTeam) -> None:
    address = f"{LIST}/{sent.calendar_id}/settings"
    shown = sent.owner.open(address)
    assert shown.select_one("[name=duration_minutes]") is None
    assert "Guests see it" not in words(shown)
    form = [pair for pair in filled_first(sent.owner, address) if pair[0] != "name"]
    assert sent.owner.send(address, [*form, ("name", "First meeting")]).status_code == 302
    with sent.app.app_context():
        calendar = db.session.get_one(Calendar, sent.calendar_id)
        assert (calendar.name, calendar.duration_minutes) == ("First meeting", 2 * 24 * 60)


def filled_first(person: Browser, address: str) -> list[tuple[str, str]]:
    """What the form of the calendar sends; the buttons below it are forms of their own."""
    shown = person.open(address)
    for other in shown.select("main .post-button"):
        other.remove()
    return filled(shown)


def test_the_questions_are_said_to_come_with_its_bookings_and_there_is_no_form_to_preview(
    sent: ConnectedTeam,
) -> None:
    send(sent, 1)
    shown = sent.owner.open(sent.advanced)
    questions = words(shown.select_one("section[aria-labelledby=questions]"))
    assert "the questions come with the bookings that Signed JSON sends" in questions
    assert "Number of Employees" in questions
    for word in ("booking page", "Preview", "required", "optional", "lways asked"):
        assert word not in questions
    assert sent.owner.get(f"{sent.advanced}/questions/preview").status_code == 404


def test_a_question_is_added_changed_and_deleted_without_a_word_of_what_guests_see(sent: ConnectedTeam) -> None:
    new = f"{sent.advanced}/questions/new"
    shown = sent.owner.open(new)
    assert shown.select("[name=required], [name=supplement]") == []
    assert "Signed JSON sends under this label" in words(shown)
    answer = sent.owner.press(new, label="Number of Employees", kind="number")
    assert "The question is added." in words(sent.owner.open(str(answer.headers["Location"])))
    send(sent, 1)
    asked = sent.questions()["Number of Employees"]
    one = f"{sent.advanced}/questions/{asked.id}"
    assert sent.owner.press(one, kind="text").status_code == 302
    assert sent.questions()["Number of Employees"].kind == "text"
    assert "the question is added again" in words(sent.owner.open(f"{one}/delete"))
    answer = sent.owner.press(f"{one}/delete")
    told = words(sent.owner.open(str(answer.headers["Location"])))
    assert "“Number of Employees” is deleted." in told
    assert "Guests are" not in told
    send(sent, 2)
    assert sent.questions()["Number of Employees"].id != asked.id


def test_deleting_tells_that_the_source_makes_it_anew(sent: ConnectedTeam) -> None:
    shown = sent.owner.open(f"{LIST}/{sent.calendar_id}/delete")
    assert "When Signed JSON sends another booking of this calendar, it is made anew" in words(shown)
    assert "booking page" not in words(shown)
