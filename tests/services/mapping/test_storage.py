"""Saving a mapping: whole or not at all, and never over somebody else's save."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from hubsync.domain.mapping import Section
from hubsync.errors import MappingChanged
from hubsync.hubspot.properties import Property
from hubsync.services.calendars import calendars
from hubsync.services.calendars.calendars import CalendarInput
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.storage import (
    NEW,
    EditedMapping,
    EditedRow,
    load_mapping,
    remove_mapping,
    save_mapping,
    switch_active,
)
from hubsync.services.teams import members
from hubsync.store import db, end_read
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.teams import Team

KNOWN = KnownProperties(
    {
        Section.COMPANIES: (Property("name", "Firmenname", "string"), Property("rank", "Our rank", "number")),
        Section.CONTACTS: (Property("email", "Email", "string"), Property("lastname", "Last", "string")),
    }
)
EDITED = EditedMapping(
    active=True,
    companies_on=True,
    contacts_on=False,
    email="question:3",
    companies=(EditedRow("rank", "fact:host"), EditedRow(), EditedRow("name", "question:1")),
    contacts=(EditedRow("lastname", "question:2:before_space"),),
)


@pytest.fixture
def calendar_id(app: Flask) -> Iterator[int]:
    with app.app_context():
        members.create_team("Acme", "owner@acme.example", "premium")
        team_id, person_id = db.session.query(Team.id).scalar(), db.session.query(Person.id).scalar()
        end_read()
        made = calendars.make_calendar(team_id, person_id, CalendarInput("Intro call", 30, "UTC")).id
        end_read()
        yield made


def save(calendar_id: int, edited: EditedMapping, version: int) -> int:
    calendar = db.session.get_one(Calendar, calendar_id)
    saved = load_mapping(calendar_id)
    return save_mapping(calendar, edited, version, saved, KNOWN)


def test_what_was_saved_is_loaded_again_in_order_without_the_empty_row(calendar_id: int) -> None:
    assert load_mapping(calendar_id) == NEW
    assert save(calendar_id, EDITED, 0) == 1
    found = load_mapping(calendar_id)
    assert found.version == 1
    assert found.edited == replace(EDITED, companies=(EDITED.companies[0], EDITED.companies[2]))


def test_rows_keep_the_label_and_type_that_the_property_has_in_the_account(calendar_id: int) -> None:
    save(calendar_id, EDITED, 0)
    stored = {
        row.property_name: (row.property_label, row.property_type) for row in load_mapping(calendar_id).stored
    }
    assert stored == {
        "rank": ("Our rank", "number"),
        "name": ("Company name", "string"),
        "email": ("Email(Required)", "string"),
        "lastname": ("Last Name", "string"),
    }


def test_a_save_without_known_properties_keeps_labels_and_types(calendar_id: int) -> None:
    save(calendar_id, EDITED, 0)
    before = load_mapping(calendar_id)
    kept = [(row.property_label, row.property_type) for row in before.stored]
    calendar = db.session.get_one(Calendar, calendar_id)
    save_mapping(calendar, before.edited, 1, before, KnownProperties())
    after = load_mapping(calendar_id)
    assert [(row.property_label, row.property_type) for row in after.stored] == kept


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_save_of_another_version_changes_nothing(calendar_id: int, version: int) -> None:
    save(calendar_id, EDITED, 0)
    save(calendar_id, EDITED, 1)
    before = load_mapping(calendar_id).edited
    with pytest.raises(MappingChanged):
        save(calendar_id, replace(EDITED, companies=()), version)
    assert load_mapping(calendar_id).edited == before
    assert load_mapping(calendar_id).version == 2


def test_pausing_is_a_change_that_an_open_editor_is_told_of(calendar_id: int) -> None:
    save(calendar_id, EDITED, 0)
    assert switch_active(calendar_id, active=False)
    assert not load_mapping(calendar_id).edited.active
    with pytest.raises(MappingChanged):
        save(calendar_id, EDITED, 1)


def test_an_editor_open_over_a_removal_does_not_bring_the_mapping_back(calendar_id: int) -> None:
    save(calendar_id, EDITED, 0)
    remove_mapping(calendar_id)
    with pytest.raises(MappingChanged):
        save(calendar_id, EDITED, 1)
    assert load_mapping(calendar_id) == NEW


def test_a_save_that_fails_midway_leaves_the_rows_as_they_were(calendar_id: int) -> None:
    save(calendar_id, EDITED, 0)
    twice = replace(EDITED, companies=(EditedRow("name", "fact:host"), EditedRow("name", "fact:source")))
    with pytest.raises(MappingChanged):  # the table refuses a property twice, after the old rows were deleted
        save(calendar_id, twice, 1)
    found = load_mapping(calendar_id)
    assert (found.version, len(found.stored)) == (1, 4)


@pytest.mark.parametrize("version", [0, 1])
def test_of_two_saves_at_one_instant_one_wins(app: Flask, calendar_id: int, version: int) -> None:
    if version:
        save(calendar_id, EDITED, 0)
    end_read()
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def race(number: int) -> None:
        with app.app_context():
            edited = replace(EDITED, companies=(EditedRow("name", f"question:{number}"),))
            together.wait()
            try:
                save(calendar_id, edited, version)
                outcomes.append(f"question:{number}")
            except MappingChanged:
                outcomes.append("")
            db.session.remove()

    threads = [threading.Thread(target=race, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [outcome for outcome in outcomes if outcome]
    found = load_mapping(calendar_id)
    assert (found.version, found.edited.companies) == (version + 1, (EditedRow("name", winner),))
