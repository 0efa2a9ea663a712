"""What a calendar's owner chooses for records that HubSpot has already, and sees of it before and afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from hubsync.services.mapping.storage import load_mapping
from tests.kit.connected_team import ConnectedTeam, connected_team
from tests.kit.forms import filled
from tests.kit.mapping_trials import book, from_editor, outcomes
from tests.kit.page import Element, read_page, words
from tests.web.mapping.test_copying import Second, second
from tests.web.mapping.test_mapping_files import exported, pressed, upload

__all__ = ["connected_team", "second"]
FILLS = {"fills": "on", "companies-0-when_exists": "fill"}


def choices(connected_team: ConnectedTeam) -> dict[str, str]:
    """The rows of a mapping that fill the company's city and the contact's, and associate."""
    return {
        "companies-7-property_name": "city",
        "companies-7-information": "fact:calendar",
        "companies-7-when_exists": "fill",
        "contacts-7-property_name": "city",
        "contacts-7-information": "fact:calendar",
        "contacts-7-when_exists": "fill",
        "contacts-8-property_name": "phone",
        "contacts-8-information": connected_team.token("Comment"),
        "contacts-8-when_exists": "fill",
        "fills": "on",
        "associates_existing": "on",
    }


def stored(calendar: Any) -> tuple[list[str], bool]:
    """The properties whose rows fill, and whether existing contacts are associated."""
    team = getattr(calendar, "connected_team", calendar)
    with team.app.app_context():
        edited = load_mapping(getattr(calendar, "id", 0) or team.calendar_id).edited
        return [
            each.property_name for each in (*edited.companies, *edited.contacts) if each.when_exists == "fill"
        ], edited.associates_existing


def seed(connected_team: ConnectedTeam, what: str, **properties: str) -> str:
    url = f"{connected_team.sandbox.url}/sandbox/api/records/{what}"
    return str(requests.post(url, json={"properties": properties}, timeout=60).json()["id"])


def listed(shown: Element) -> dict[str, str]:
    names, told = shown.select("[aria-labelledby=filled] dt"), shown.select("[aria-labelledby=filled] dd")
    return {words(name): words(what) for name, what in zip(names, told, strict=True)}


def test_what_is_chosen_at_the_rows_is_stored_shown_and_carried_along(connected_team: ConnectedTeam) -> None:
    assert connected_team.owner.press(connected_team.editor, **choices(connected_team)).status_code == 302
    assert stored(connected_team) == (["city", "city", "phone"], True)
    shown = connected_team.owner.open(connected_team.editor)
    assert words(shown.select_one(".map-more summary")) == "More for HubSpot Fill if empty, Associate contacts"
    ticked = [str(each["id"]) for each in shown.select("[data-rows] input[checked]")]
    assert ticked == ["companies-2-when_exists", "contacts-2-when_exists", "contacts-3-when_exists"]
    hidden = [str(each["id"]) for each in shown.select("[data-rows] [data-exists][hidden] input")]
    assert hidden == ["companies-0-when_exists", "companies-1-when_exists"]
    added = read_page(connected_team.owner.press(connected_team.editor, ("add", "companies")))
    assert len(added.select("[data-rows] input[checked]")) == 3


def test_where_the_choice_is_switched_off_nothing_unseen_is_saved(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor, **choices(connected_team))
    fields = [pair for pair in filled(connected_team.owner.open(connected_team.editor)) if pair[0] != "fills"]
    assert connected_team.owner.send(connected_team.editor, fields).status_code == 302
    assert stored(connected_team) == ([], True)


def test_somebody_who_switches_filling_on_and_marks_no_row_is_told_so(connected_team: ConnectedTeam) -> None:
    hint = "No row is marked “Fill if empty”"
    owner, editor = connected_team.owner, connected_team.editor
    assert owner.press(editor, fills="on").status_code == 302
    assert hint in words(owner.open(editor))
    assert owner.press(editor, **choices(connected_team)).status_code == 302
    assert hint not in words(owner.open(editor))


def test_what_a_company_is_found_by_cannot_be_filled_and_nothing_typed_is_lost(
    connected_team: ConnectedTeam,
) -> None:
    answer = connected_team.owner.press(connected_team.editor, **FILLS, **{"companies-1-information": "fact:host"})
    assert answer.status_code == 422
    shown = read_page(answer)
    error = shown.select_one("#companies-0-when_exists-error")
    assert "A company is found by this property" in words(error)
    assert shown.select_one("a[href='#companies-0-when_exists']") is not None
    assert shown.select_one("#companies-0-when_exists[checked]") is not None
    assert str(shown.select_one("#companies-1-information option[selected]")["value"]) == "fact:host"
    assert connected_team.mapping() is None


@pytest.mark.parametrize("word", ["overwrite", ""])
def test_a_choice_that_no_editor_has_is_refused(connected_team: ConnectedTeam, word: str) -> None:
    answer = connected_team.owner.press(connected_team.editor, **{**FILLS, "companies-0-when_exists": word})
    assert (answer.status_code, connected_team.mapping()) == (400, None)


def test_the_preview_and_the_delivery_say_what_is_filled_and_what_is_left(connected_team: ConnectedTeam) -> None:
    connected_team.owner.press(connected_team.editor, **choices(connected_team))
    seed(connected_team, "companies", name="Acme", domain="acme.co.jp", city="Osaka")
    contact = seed(connected_team, "contacts", email="mika@acme.co.jp", phone="+1")
    requests.patch(
        f"{connected_team.sandbox.url}/sandbox/api/records/contacts/{contact}",
        json={"properties": {"phone": ""}},
        timeout=60,
    )
    answers = {"company": "Acme", "name": "Sato Mika", "email": "mika@acme.co.jp", "comment": "+81 3"}
    connected_team.fault(action="status", status=503, times=1)
    book(connected_team, **answers)  # kept, and not posted yet
    connected_team.calls()
    shown = read_page(from_editor(connected_team, "preview"))
    assert [each for each in connected_team.calls() if not each.startswith(("GET", "POST"))] == []
    assert listed(shown) == {
        "City (city) (Company)": "HubSpot has a value, which would be left as it is.",
        "City (city) (Contact)": "It is empty and would be filled: Intro call",
        "Phone Number (phone) (Contact)": "Somebody emptied it in HubSpot, so it would be left empty.",
    }
    assert outcomes(shown)["Association"] == "would be made"
    company, person, _association = (words(row) for row in shown.select("table.parts tbody tr"))
    assert "It would be left as it is." in company
    assert "What is empty would be filled, the rest left as it is." in person
    page = connected_team.owner.open("/teams/acme/deliveries/1")
    token = str(page.select_one("[name=csrf_token]")["value"])
    connected_team.owner.send("/teams/acme/deliveries/1/retry", {"csrf_token": token})
    page = connected_team.owner.open("/teams/acme/deliveries/1")
    assert listed(page) == {
        "City (Company)": "HubSpot has a value, which was left as it is.",
        "City (Contact)": "It was empty and was filled: Intro call",
        "Phone Number (Contact)": "Somebody had emptied it in HubSpot, so it was left empty.",
    }
    company, person, association = (words(row) for row in page.select(".parts tbody tr"))
    assert "it was left as it is" in company
    assert "What was empty was filled, the rest left as it is." in person
    assert association.startswith("Association made HubSpot had this contact without a company.")
    assert "What it lacked was added, and nothing was overwritten." in words(page.select_one(".outcome"))


def test_a_file_and_a_copy_take_the_choices_along(second: Second) -> None:
    team = second.connected_team
    rows = len(team.rows())
    number = next(
        place
        for place in range(rows)
        if team.owner.open(team.editor).select_one(
            f"#companies-{place}-property_name option[value=city][selected]"
        )
    )
    team.owner.press(
        team.editor, **{"fills": "on", f"companies-{number}-when_exists": "fill", "associates_existing": "on"}
    )
    contents = json.loads(exported(second))
    chosen = [each["property"] for each in contents["companies"]["rows"] if each.get("when_exists") == "fill"]
    assert (chosen, contents["associates_existing"]) == (["city"], True)
    for answer in (pressed(second, upload(second, exported(second)), "replace"), second.take("replace")):
        shown = read_page(answer)
        assert len(shown.select("[data-rows] input[checked]")) == 1
        assert shown.select_one("#associates_existing[checked]") is not None
        assert shown.select_one("#fills[checked]") is not None
