"""What mapping rows keep of HubSpot's properties follows HubSpot, and keeps nobody from saving."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubsync.domain.mapping import Section
from hubsync.errors import HubSpotBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.properties import known_properties, read_properties
from hubsync.services.mapping.property_refresh import refresh_mappings
from hubsync.services.mapping.storage import load_mapping, save_mapping
from hubsync.services.operations.daily_check import check_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.mappings import CachedProperties, MappingRecord, MappingRow
from tests.kit import rows
from tests.kit.held_calls import while_held


def define(acme: Any, section: str, name: str, **definition: Any) -> None:
    url = f"{acme.sandbox.url}/sandbox/api/properties/{section}/{name}"
    requests.put(url, json=definition, timeout=60).raise_for_status()


def row(name: str) -> tuple[str, str]:
    found = db.session.query(MappingRow).populate_existing().filter_by(property_name=name).one()
    end_read()
    return found.property_label, found.property_type


def version() -> int:
    found = db.session.query(MappingRecord.version).scalar()
    end_read()
    return int(found)


@pytest.fixture
def seats(acme: Any) -> Any:
    """A property of the account's own, with a row."""
    define(acme, "companies", "seats", label="Seats", type="string", fieldType="text")
    acme.map("companies", "seats", "fact:host", label="Seats")
    refresh_mappings(acme.team_id, Deadline.after(10))
    return acme


def test_the_daily_check_brings_types_and_labels_up_to_date(seats: Any) -> None:
    before = version()
    define(seats, "companies", "seats", label="Number of seats", type="number", fieldType="number")
    check_due()
    assert row("seats") == ("Number of seats", "number")
    assert version() == before


def test_common_properties_keep_the_names_they_are_offered_under(acme: Any) -> None:
    define(acme, "companies", "name", label="Firm", type="string", fieldType="text")
    refresh_mappings(acme.team_id, Deadline.after(10))
    assert row("name") == ("Company name", "string")
    assert row("email") == ("Email(Required)", "string")
    assert refresh_mappings(acme.team_id, Deadline.after(10)) == 0


def test_a_property_that_is_gone_leaves_its_row(seats: Any) -> None:
    define(seats, "companies", "seats", archived=True)
    assert refresh_mappings(seats.team_id, Deadline.after(10)) == 0
    assert row("seats") == ("Seats", "string")
    assert known_properties(seats.team_id).is_gone(Section.COMPANIES, "seats")


def test_an_editor_that_was_open_meanwhile_can_still_be_saved(seats: Any) -> None:
    saved, known = load_mapping(seats.calendar_id), read_properties(seats.team_id)
    calendar = seats.calendar()
    end_read()
    define(seats, "companies", "seats", label="Number of seats", type="number", fieldType="number")
    refresh_mappings(seats.team_id, Deadline.after(10))
    assert save_mapping(calendar, saved.edited, saved.version, saved, known) == saved.version + 1


def test_a_long_label_is_kept_as_the_editor_keeps_it(seats: Any) -> None:
    define(seats, "companies", "seats", label="S" * 600, type="string", fieldType="text")
    refresh_mappings(seats.team_id, Deadline.after(10))
    assert row("seats") == ("S" * 500, "string")
    assert refresh_mappings(seats.team_id, Deadline.after(10)) == 0


def test_when_hubspot_answers_half_nothing_is_renewed(seats: Any) -> None:
    define(seats, "companies", "seats", label="Number of seats", type="number", fieldType="number")
    seats.fault(action="status", status=503, path="/properties/2026-09/contacts", times=1)
    with pytest.raises(HubSpotBusy):
        refresh_mappings(seats.team_id, Deadline.after(10))
    assert row("seats") == ("Seats", "string")
    cached = known_properties(seats.team_id).find(Section.COMPANIES, "seats")
    assert cached is not None
    assert cached.label == "Seats"


def test_what_one_account_said_is_not_kept_for_another(seats: Any) -> None:
    """Somebody connects another account while HubSpot is answering."""
    define(seats, "companies", "seats", label="Number of seats", type="number", fieldType="number")
    seats.fault(action="delay", hold=True, path="/properties/2026-09/contacts", times=1)

    def connect_another() -> None:
        with write_transaction() as session:
            session.query(Connection).update({"hubspot_account_id": "7654321", "connected_at": now()})

    connecting = while_held(seats, connect_another)
    assert refresh_mappings(seats.team_id, Deadline.after(10)) == 0
    connecting.join()
    assert row("seats") == ("Seats", "string")
    accounts = {each for (each,) in db.session.query(CachedProperties.hubspot_account_id)}
    end_read()
    assert accounts == {"1234567"}


def test_the_rows_of_another_team_are_left_to_its_own_check(seats: Any) -> None:
    with write_transaction() as session:
        team = rows.add_team(session, "other")
        calendar = rows.add_calendar(session, team.id, session.query(Calendar.owner_id).scalar())
        theirs = rows.add_mapping(session, calendar.id, ("companies", "seats", "fact:host", "Their seats")).id
    define(seats, "companies", "seats", label="Number of seats", type="number", fieldType="number")
    assert refresh_mappings(seats.team_id, Deadline.after(10)) == 1
    label = db.session.query(MappingRow.property_label).filter_by(mapping_id=theirs).scalar()
    end_read()
    assert label == "Their seats"
