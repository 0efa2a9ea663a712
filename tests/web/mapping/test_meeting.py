"""The meeting on the timeline as a calendar's owner switches it on, writes its texts and sees what they give."""

from __future__ import annotations

import json
from datetime import datetime

from hubsync.domain.meetings import hubspot_time
from hubsync.domain.questions import Kind
from hubsync.services.calendars import questions
from hubsync.store import db
from hubsync.store.mappings import MappingRecord
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.mapping_trials import from_editor, outcomes
from tests.kit.meetings import meetings_at
from tests.kit.page import Element, read_page, words
from tests.web.mapping.test_copying import Second, second
from tests.web.mapping.test_mapping_files import exported, pressed, upload

__all__ = ["connected_team", "second"]
ON = {
    "meetings_on": "on",
    "meeting_title": "{calendar} - {guest_name}",
    "meeting_body": "{Email}\n<b>{Comment}</b>",
}


def stored(team: ConnectedTeam) -> tuple[bool, str, str]:
    with team.app.app_context():
        record = db.session.query(MappingRecord).one()
        return record.meetings_on, record.meeting_title, record.meeting_body


def test_the_switch_is_off_and_warns_beside_it(connected_team: ConnectedTeam) -> None:
    shown = connected_team.owner.open(connected_team.editor)
    assert shown.select("#meetings_on[checked]") == []
    assert "synchronized with HubSpot" in words(shown.select_one("#meetings-care"))
    assert str(shown.select_one("#meeting_title")["value"]) == "{calendar}: {guest_name}"
    assert "{Comment}" in words(shown.select_one("#meeting-names"))
    connected_team.owner.press(connected_team.editor)
    assert stored(connected_team) == (False, "", "")


def test_what_is_switched_on_is_stored_by_question_and_shown_by_label(connected_team: ConnectedTeam) -> None:
    email, comment = (connected_team.questions()[label].id for label in ("Email", "Comment"))
    assert connected_team.owner.press(connected_team.editor, **ON).status_code == 302
    assert stored(connected_team) == (True, "{calendar} - {guest_name}", f"{{#{email}}}\n<b>{{#{comment}}}</b>")
    shown = connected_team.owner.open(connected_team.editor)
    assert str(shown.select_one("#meeting_title")["value"]) == ON["meeting_title"]
    assert words(shown.select_one("#meeting_body")).split() == ["{Email}", "<b>{Comment}</b>"]
    assert "Meeting on the timeline" in words(shown.select_one(".map-more summary"))


def test_an_unknown_name_is_refused_at_the_field_and_nothing_typed_is_lost(connected_team: ConnectedTeam) -> None:
    answer = connected_team.owner.press(connected_team.editor, **{**ON, "meeting_body": "Hello {budget}"})
    shown = read_page(answer)
    assert answer.status_code == 422
    assert "“budget”" in words(shown.select_one("#meeting_body-error"))
    assert "budget" in words(shown.select_one(".error-summary a[href='#meeting_body']"))
    assert words(shown.select_one("#meeting_body")) == "Hello {budget}"
    assert shown.select("#meetings_on[checked]") != []
    assert "open" in shown.select_one(".map-more").attributes
    both = read_page(
        connected_team.owner.press(connected_team.editor, **{**ON, "meeting_body": "{budget}", "email": ""})
    )
    assert [each["href"] for each in both.select(".error-summary a")] == ["#email", "#meeting_body"]
    empty = read_page(connected_team.owner.press(connected_team.editor, **{**ON, "meeting_title": " "}))
    assert words(empty.select_one("#meeting_title-error")) == "Write a title."


def test_a_question_that_is_not_asked_any_more_keeps_its_name_and_the_rest_can_be_saved(
    connected_team: ConnectedTeam,
) -> None:
    connected_team.owner.press(connected_team.editor, **ON)
    before, gone = stored(connected_team), connected_team.questions()["Comment"].id
    with connected_team.app.app_context():
        questions.delete_question(connected_team.calendar_id, gone)
    shown = connected_team.owner.open(connected_team.editor)
    assert words(shown.select_one("#meeting_body")).split() == ["{Email}", "<b>{Comment}</b>"]
    assert "Comment: Guests are not asked this any more." in words(shown.select_one(".meeting-texts"))
    assert connected_team.owner.press(connected_team.editor).status_code == 302
    assert stored(connected_team) == before
    asked = connected_team.ask("Comment", Kind.TEXT)
    connected_team.owner.press(connected_team.editor)
    assert stored(connected_team)[2].endswith(f"<b>{{#{asked}}}</b>"), "the one that is asked comes first"


def test_a_question_with_the_name_of_a_fact_is_named_as_a_question(connected_team: ConnectedTeam) -> None:
    asked = connected_team.ask("Language", Kind.TEXT)
    names = words(connected_team.owner.open(connected_team.editor).select_one("#meeting-names"))
    assert "{language}" in names
    assert "{question: Language}" in names
    connected_team.owner.press(connected_team.editor, **{**ON, "meeting_body": "{Language}{question: language}"})
    assert stored(connected_team)[2] == f"{{language}}{{#{asked}}}"
    shown = connected_team.owner.open(connected_team.editor)
    assert words(shown.select_one("#meeting_body")) == "{language}{question: Language}"


def test_a_preview_shows_what_the_texts_give_with_and_without_bookings(
    connected_team: ConnectedTeam,
) -> None:
    connected_team.owner.press(connected_team.editor, **ON)
    example = words(connected_team.owner.open(connected_team.editor).select_one("[data-hints=meeting]"))
    assert "Intro call - Mika Sato" in example
    assert "With example answers" in example
    connected_team.book()
    fields = {**ON, "meeting_title": "Seen: {Email}"}
    checked = read_page(connected_team.owner.press(connected_team.editor, ("check", "1"), **fields))
    live = words(checked.select_one("[data-hints=meeting]"))
    assert "Seen: mika@example.com" in live
    fields["meeting_body"] = "{budget} {"
    checked = read_page(connected_team.owner.press(connected_team.editor, ("check", "1"), **fields))
    assert "There is nothing called like this here: budget." in words(checked.select_one("[data-hints=meeting]"))
    assert "With the latest booking" in live


def facts_of(shown: Element) -> dict[str, str]:
    """What the preview says of the meeting."""
    names = [words(each) for each in shown.select("[aria-labelledby=meeting] dt")]
    return dict(zip(names, [words(each) for each in shown.select("[aria-labelledby=meeting] dd")], strict=True))


def test_the_preview_of_the_mapping_has_the_meeting_as_it_is_posted_then(connected_team: ConnectedTeam) -> None:
    shown = read_page(from_editor(connected_team, "preview"))
    assert "Meeting" not in outcomes(shown)
    shown = read_page(from_editor(connected_team, "preview", **ON))
    assert outcomes(shown)["Meeting"] == "would be made"
    assert facts_of(shown)["Title"] == "Intro call - Mika Sato"
    typed = [pair for pair in filled(shown) if pair[0] != f"question-{connected_team.questions()['Name'].id}"]
    typed += [(f"question-{connected_team.questions()['Name'].id}", "Ken Mori"), ("answers", "1")]
    again = read_page(connected_team.owner.send(f"{connected_team.editor}/preview", typed))
    assert facts_of(again)["Title"] == "Intro call - Ken Mori"

    connected_team.owner.press(connected_team.editor, **ON)
    connected_team.book()
    (made,) = (each["properties"] for each in meetings_at(connected_team.sandbox))
    shown = connected_team.owner.open(f"{connected_team.editor}/preview")
    facts = facts_of(shown)
    assert facts["Title"] == made["hs_meeting_title"]
    assert facts["Description"] == made["hs_meeting_body"]
    begins = datetime.fromisoformat(str(shown.select_one("[aria-labelledby=meeting] time")["datetime"]))
    assert hubspot_time(begins) == made["hs_meeting_start_time"]
    assert "mika@example.com" in facts["Associated with"]


def test_the_preview_says_why_there_would_be_no_meeting(connected_team: ConnectedTeam) -> None:
    nobody = {**ON, "companies_on": None, "contacts_on": None}
    shown = read_page(from_editor(connected_team, "preview", **nobody))
    assert outcomes(shown)["Meeting"] == "not made"
    assert facts_of(shown) == {}


def test_the_page_of_a_delivery_tells_of_the_meeting_and_leads_to_it(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor, **ON)
    connected_team.book()
    (meeting,) = meetings_at(connected_team.sandbox)
    shown = connected_team.owner.open("/teams/acme/deliveries/1")
    links = [str(each["href"]) for each in shown.select("a[href*='/0-47/']")]
    assert [link.rsplit("/", 1)[-1] for link in links] == [meeting["id"]]
    assert "It is on the timeline as scheduled." in words(shown)


def test_the_settings_go_along_with_a_file_and_only_where_they_were_chosen(
    connected_team: ConnectedTeam, second: Second
) -> None:
    connected_team.owner.press(connected_team.editor)
    assert "meetings" not in json.loads(exported(second))
    connected_team.owner.press(connected_team.editor, **ON)
    file = json.loads(exported(second))
    assert file["meetings"] == {"on": True, "title": ON["meeting_title"], "body": ON["meeting_body"]}
    taken = read_page(pressed(second, upload(second, json.dumps(file).encode()), "replace"))
    assert taken.select("#meetings_on[checked]") != []
    assert str(taken.select_one("#meeting_title")["value"]) == ON["meeting_title"]
    assert "Switched on with them: Meeting on the timeline." in words(
        read_page(upload(second, json.dumps(file).encode()))
    )
    file["meetings"]["body"] = "{budget?} {Budget} {Comment}"
    file["new_owner"] = {"choice": "one_user", "name": "Ann Nobody"}
    told = "Its texts have names that mean nothing here: budget?, Budget."
    asked = read_page(upload(second, json.dumps(file).encode()))
    assert told in words(asked)
    taken = words(
        read_page(pressed(second, upload(second, json.dumps(file).encode()), "replace")).select_one(".notice")
    )
    assert told in taken
    assert "There is no HubSpot user called Ann Nobody here." in taken
    for bad in ({"on": "yes", "title": "a", "body": ""}, {"on": True}, "on"):
        assert upload(second, json.dumps({**file, "meetings": bad}).encode()).status_code == 422
