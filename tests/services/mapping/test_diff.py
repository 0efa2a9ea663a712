"""The difference of two mappings, and who made the last change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hubsync.domain.mapping import Section
from hubsync.services.mapping.diff import Difference, SwitchDifference, compare, last_change
from hubsync.services.mapping.storage import EditedMapping, EditedRow, load_mapping, remove_mapping, switch_active
from hubsync.store import db
from hubsync.store.people import Person

THEIRS = EditedMapping(
    active=True,
    companies_on=True,
    contacts_on=True,
    email="question:3",
    companies=(EditedRow("name", "question:1"), EditedRow("domain", "question:3")),
    contacts=(EditedRow("lastname", "question:2:before_space"),),
)


def test_two_alike_have_no_difference_whatever_their_order_and_empty_rows() -> None:
    mine = replace(THEIRS, companies=(*reversed(THEIRS.companies), EditedRow()))
    found = compare(THEIRS, mine)
    assert found.is_empty
    assert found.same == 4


def test_every_kind_of_difference_is_told_with_both_sides() -> None:
    mine = replace(
        THEIRS,
        active=False,
        contacts_on=False,
        email="question:9",
        companies=(EditedRow("name", "fact:host"), EditedRow("city", "param:utm_source")),
        contacts=(EditedRow("lastname", "question:2:before_space"), EditedRow("", "question:4")),
    )
    found = compare(THEIRS, mine)
    assert found.switches == (
        SwitchDifference("active", True, False),
        SwitchDifference("contacts_on", True, False),
    )
    assert found.rows == (
        Difference(Section.COMPANIES, "name", "question:1", "fact:host"),
        Difference(Section.COMPANIES, "domain", "question:3", None),
        Difference(Section.COMPANIES, "city", None, "param:utm_source"),
        Difference(Section.CONTACTS, "email", "question:3", "question:9"),
        Difference(Section.CONTACTS, "", None, "question:4"),
    )
    assert found.same == 1


def test_a_property_that_is_there_twice_by_mistake_loses_no_row() -> None:
    mine = replace(THEIRS, companies=(*THEIRS.companies, EditedRow("name", "fact:host")))
    assert compare(THEIRS, mine).rows == (Difference(Section.COMPANIES, "name", None, "fact:host"),)


def test_the_last_change_is_this_calendars_and_names_who_made_it(acme: Any) -> None:
    by = db.session.query(Person.id).scalar()
    assert last_change(acme.team_id, acme.calendar_id) is None
    switch_active(acme.calendar_id, active=False, by=by)
    entry = last_change(acme.team_id, acme.calendar_id)
    assert entry is not None
    assert (entry.action, entry.person_shown, entry.details["calendar"]) == (
        "mapping_paused",
        "Mika Sato",
        "Intro call",
    )
    assert last_change(acme.team_id, acme.calendar_id + 1) is None
    remove_mapping(acme.calendar_id, by=by)
    entry = last_change(acme.team_id, acme.calendar_id)
    assert entry is not None
    assert entry.action == "mapping_removed"


def test_switching_to_what_it_is_is_no_change(acme: Any) -> None:
    before = load_mapping(acme.calendar_id).version
    assert switch_active(acme.calendar_id, active=True)
    assert load_mapping(acme.calendar_id).version == before
    assert last_change(acme.team_id, acme.calendar_id) is None
