"""A mapping is exported to a file and imported elsewhere: what does not fit is listed first, nothing is saved."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from hubsync.domain.questions import Kind
from hubsync.services.mapping.storage import load_mapping
from hubsync.store import end_read
from tests.kit.connected_team import connected_team
from tests.kit.forms import filled
from tests.kit.page import read_page, words
from tests.kit.tab import Tab
from tests.web.mapping.test_copying import Second, second

__all__ = ["connected_team", "second"]


def exported(second: Second) -> bytes:
    answer = second.connected_team.owner.get(f"{second.connected_team.editor}/mapping.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="hubsync-mapping-')
    return answer.data


def upload(second: Second, raw: bytes | None, name: str = "mapping.json") -> TestResponse:
    owner = second.connected_team.owner
    fields: dict[str, Any] = dict(filled(owner.open(f"{second.editor}/import")))
    if raw is not None:
        fields["file"] = (BytesIO(raw), name)
    return owner.send(f"{second.editor}/import/compare", fields, content_type="multipart/form-data")


def pressed(second: Second, answer: TestResponse, way: str) -> TestResponse:
    return second.connected_team.owner.send(
        f"{second.editor}/import/take", [*filled(read_page(answer)), ("way", way)]
    )


def test_a_file_names_questions_and_properties_and_nothing_of_guests_or_accounts(second: Second) -> None:
    contents = json.loads(exported(second))
    assert (contents["hubsync_mapping"], contents["calendar"]) == (1, "Intro call")
    first = contents["companies"]["rows"][0]
    assert (first["property"], first["information"]["question"]["label"]) == ("name", "Company Name")
    assert {"property": "lastname", "piece": "family_name"} in [
        {"property": each["property"], "piece": each["information"].get("piece")}
        for each in contents["contacts"]["rows"]
    ]
    assert set(contents) == {"hubsync_mapping", "calendar", "companies", "contacts"}


def test_rows_that_fit_are_taken_over_those_that_do_not_are_listed_first_and_save_saves(second: Second) -> None:
    second.ask("Budget", Kind.NUMBER)
    second.ask("Interest", Kind.LONG_TEXT)
    shown = upload(second, exported(second))
    left, taken = read_page(shown).select("table.difference")
    assert (
        "Job Title (jobtitle) Interest (question) The question of the same label is of another kind here."
        in words(left)
    )
    assert "Annual Revenue (annualrevenue) Budget (question) Budget (question)" in words(taken)
    editor = pressed(second, shown, "replace")
    assert "Copied from Intro call. 7 rows were taken over." in words(read_page(editor))
    assert second.rows() == {}
    assert second.connected_team.owner.send(second.editor, filled(read_page(editor))).status_code == 302
    assert second.rows() == {
        "companies.name": second.token("Company Name"),
        "companies.domain": second.token("Email"),
        "companies.annualrevenue": second.token("Budget"),
        "companies.city": "fact:host",
        "contacts.email": second.token("Email"),
        "contacts.lastname": second.token("Name", ":family_name"),
        "contacts.firstname": second.token("Name", ":given_name"),
    }


def test_exported_and_imported_again_a_mapping_is_the_same(second: Second) -> None:
    team, raw = second.connected_team, exported(second)
    with team.app.app_context():
        before = {
            (row.section, row.property_name, row.information) for row in load_mapping(team.calendar_id).stored
        }
        end_read()
    own = Second(team, team.calendar_id)
    editor = pressed(own, upload(own, raw), "replace")
    team.owner.send(own.editor, filled(read_page(editor)))
    with team.app.app_context():
        assert {
            (row.section, row.property_name, row.information) for row in load_mapping(team.calendar_id).stored
        } == before
        end_read()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (None, "Choose a file."),
        (b"Name,Email\r\n", "The file is not JSON in UTF-8."),
        (b'{"bookings": []}', "The file is no mapping that HubSync exported."),
        (b'{"hubsync_mapping": 7}', "The file was exported by a newer version of HubSync. Update this one."),
        (b" " * 300_000, "The file is larger than 256 kB."),
        (
            b'{"hubsync_mapping": 1, "companies": {"on": true, "rows": [{}]}}',
            "Row 1 of “Setting of Companies” in the file cannot be read.",
        ),
    ],
)
def test_a_file_that_is_none_comes_back_with_the_reason_and_keeps_what_was_typed(
    second: Second, raw: bytes | None, why: str
) -> None:
    answer = upload(second, raw)
    page = read_page(answer)
    assert answer.status_code == 422
    assert words(page.select_one("#file-error")) == why
    assert page.select_one('input[name="version"]') is not None
    assert second.rows() == {}


def test_what_is_typed_in_the_editor_is_taken_along_there_and_back(second: Second) -> None:
    owner = second.connected_team.owner
    tab = Tab(owner).open(second.editor)
    form = [
        *filled(tab.page),
        ("contacts-9-property_name", "salutation"),
        ("contacts-9-information", "fact:source"),
    ]
    chosen = read_page(owner.send(f"{second.editor}/import", form))
    kept = read_page(owner.send(second.editor, [*filled(chosen), ("back", "1")]))
    assert kept.select_one('[data-rows="contacts"] option[value="salutation"][selected]') is not None


def test_a_calendar_without_a_mapping_has_nothing_to_export_and_no_button(second: Second) -> None:
    owner = second.connected_team.owner
    assert owner.get(f"{second.editor}/mapping.json").status_code == 404
    assert "Export as a file" not in words(owner.open(second.editor))
    assert "Export as a file" in words(owner.open(second.connected_team.editor))


def test_a_text_that_was_changed_on_the_way_is_read_as_strictly(second: Second) -> None:
    owner = second.connected_team.owner
    fields = [*filled(owner.open(f"{second.editor}/import")), ("mapping_file", "{"), ("way", "fill")]
    answer = owner.send(f"{second.editor}/import/take", fields)
    assert (answer.status_code, "The file is not JSON" in words(read_page(answer))) == (422, True)
    assert owner.send(f"{second.editor}/import/take", [*fields[:-1], ("way", "both")]).status_code == 400
