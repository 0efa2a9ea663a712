"""A property that HubSpot refuses whatever its value is, is asked about once and left out of later bookings."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubsync.domain.mapping import Section
from hubsync.domain.questions import Part
from hubsync.net.deadline import Deadline
from hubsync.services.calendars.calendars import count_stale_rows
from hubsync.services.connection.activation import reset_state
from hubsync.services.connection.properties import known_properties, read_properties
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.mapping.property_refresh import refresh_mappings
from hubsync.services.mapping.storage import load_mapping, save_mapping
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery

DOMAIN = "acme.co.jp"


def define(acme: Any, section: str, name: str, **definition: Any) -> None:
    """Change or create a property in the sandbox's account, as its administrator does."""
    url = f"{acme.sandbox.url}/sandbox/api/properties/{section}/{name}"
    requests.put(url, json={"type": "string", "fieldType": "text", **definition}, timeout=60).raise_for_status()


def map_refused(acme: Any, section: str = "contacts", name: str = "no_such_property") -> None:
    acme.map(section, name, f"question:{acme.question(Part.NAME).id}")


def book(acme: Any, number: int = 0) -> Delivery:
    delivery: Delivery = acme.book("Sato Mika", f"mika{number}@{DOMAIN}", "Acme")
    return delivery


def left_out(delivery: Delivery) -> list[tuple[str, str]]:
    return [(each["property"], each["code"]) for each in delivery.remarks if each["kind"] == "dropped"]


def known(acme: Any, section: Section = Section.CONTACTS) -> dict[str, str]:
    found = read_refused(acme.team_id)[section]
    end_read()
    return found


def refuse(acme: Any, code: str, name: str, status: int = 400, path: str = "/contacts", times: int = 1) -> None:
    errors = [{"message": "no", "code": code, "context": {"propertyName": [name]}}]
    body = {"status": "error", "message": "no", "category": "VALIDATION_ERROR", "errors": errors}
    rule = {"action": "status", "status": status, "method": "POST", "path": path, "except_path": "/search"}
    acme.fault(body=body, times=times, **rule)


@pytest.mark.parametrize("section", ["contacts", "companies"])
def test_later_bookings_do_without_it_and_cost_what_they_did(acme: Any, section: str) -> None:
    map_refused(acme, section)
    first = book(acme)
    assert first.state == "posted"
    assert left_out(first) == [("no_such_property", "PROPERTY_DOESNT_EXIST")]
    second: list[Delivery] = []
    calls = acme.calls_of(lambda: second.append(acme.book("Kato Rei", "rei@beta.co.jp", "Beta")))
    assert len(calls) == 3  # search, company, contact
    assert second[0].state == "posted"
    assert left_out(second[0]) == left_out(first)
    third: list[Delivery] = []
    assert len(acme.calls_of(lambda: third.append(acme.book("Ito Ken", "ken@beta.co.jp", "Beta")))) == 1
    assert left_out(third[0]) == (left_out(first) if section == "contacts" else [])


@pytest.mark.parametrize("code", ["READ_ONLY_VALUE", "CALCULATED_PROPERTY", "FIELD_PERMISSION_MISSING"])
def test_a_closed_property_is_remembered(acme: Any, code: str) -> None:
    map_refused(acme, name="jobtitle")
    refuse(acme, code, "jobtitle")
    assert left_out(book(acme)) == left_out(book(acme, 1)) == [("jobtitle", code)]
    assert known(acme) == {"jobtitle": code}


def test_a_403_about_a_property_is_remembered_and_the_rest_is_posted(acme: Any) -> None:
    map_refused(acme, name="jobtitle")
    refuse(acme, "DENIED", "jobtitle", status=403)
    assert (book(acme).state, left_out(book(acme, 1))) == ("posted", [("jobtitle", "PROPERTY_PERMISSION_MISSING")])


@pytest.mark.parametrize(
    "code", ["INVALID_OPTION", "INVALID_INTEGER", "CONFLICTING_UNIQUE_VALUE", "SOMETHING_NEW"]
)
def test_a_value_that_is_refused_says_nothing_about_the_next_one(acme: Any, code: str) -> None:
    map_refused(acme, name="jobtitle")
    refuse(acme, code, "jobtitle")
    assert left_out(book(acme)) == [("jobtitle", code)]
    assert left_out(book(acme, 1)) == []
    assert known(acme) == {}


def test_what_makes_the_record_is_sent_all_the_same(acme: Any) -> None:
    refuse(acme, "READ_ONLY_VALUE", "email")
    assert book(acme).contact == "refused"
    assert book(acme, 1).contact == "created"


def test_a_refused_domain_leaves_the_name(acme: Any) -> None:
    refuse(acme, "READ_ONLY_VALUE", "domain", path="/companies")
    assert left_out(book(acme)) == [("domain", "READ_ONLY_VALUE")]
    delivery = acme.book("Kato Rei", "rei@beta.co.jp", "Beta")
    assert (delivery.company, left_out(delivery)) == ("created", [("domain", "READ_ONLY_VALUE")])


def test_it_is_learnt_from_an_attempt_that_failed_in_the_end(acme: Any) -> None:
    map_refused(acme)
    acme.fault(action="status", status=503, method="POST", path="/contacts", skip=1, times=1)
    assert book(acme).state == "retrying"
    assert set(known(acme)) == {"no_such_property"}


def test_saving_the_mapping_has_it_tried_again(acme: Any) -> None:
    map_refused(acme)
    book(acme)
    saved = load_mapping(acme.calendar_id)
    with acme.app.test_request_context():
        save_mapping(acme.calendar(), saved.edited, saved.version, saved, known_properties(acme.team_id))
    assert known(acme) == {}
    define(acme, "contacts", "no_such_property")
    assert left_out(book(acme, 1)) == []


def test_a_property_that_hubspot_describes_otherwise_is_tried_again(acme: Any) -> None:
    define(acme, "contacts", "shoe", label="Shoe")
    read_properties(acme.team_id, refresh=True)
    map_refused(acme, name="shoe")
    define(acme, "contacts", "shoe", modificationMetadata={"readOnlyValue": True})
    book(acme)
    read_properties(acme.team_id, refresh=True)  # it is writable no more
    assert set(known(acme)) == {"shoe"}
    define(acme, "contacts", "shoe", modificationMetadata={"readOnlyValue": False})
    read_properties(acme.team_id, refresh=True)
    assert known(acme) == {}
    assert left_out(book(acme, 1)) == []


def test_reading_the_same_definition_again_changes_nothing_but_the_daily_check_does(acme: Any) -> None:
    read_properties(acme.team_id, refresh=True)
    map_refused(acme, name="jobtitle")
    refuse(acme, "FIELD_PERMISSION_MISSING", "jobtitle")
    book(acme)
    read_properties(acme.team_id, refresh=True)
    assert set(known(acme)) == {"jobtitle"}
    refresh_mappings(acme.team_id, Deadline.after(10))
    assert known(acme) == {}


def test_connecting_begins_anew_and_another_account_learns_nothing_of_it(acme: Any) -> None:
    map_refused(acme)
    delivery = book(acme)
    with write_transaction() as session:
        reset_state(session.query(Connection).one())
    assert known(acme) == {}
    assert retry(delivery.id).state == "posted"
    assert left_out(book(acme, 1)) != []


def test_the_calendar_is_marked_at_once(acme: Any) -> None:
    map_refused(acme)
    read_properties(acme.team_id, refresh=True)
    define(acme, "contacts", "no_such_property", modificationMetadata={"readOnlyValue": True})
    map_refused(acme, name="jobtitle")
    before = count_stale_rows(acme.calendar())
    end_read()
    refuse(acme, "READ_ONLY_VALUE", "jobtitle")
    book(acme)
    assert count_stale_rows(acme.calendar()) == before + 1
    end_read()
    assert db.session.query(Connection).populate_existing().one().refused_properties != []
    end_read()
