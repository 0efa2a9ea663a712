"""Filling of what is empty in records that HubSpot has, and the association of a contact that has no company."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import requests
import time_machine

from hubsync.domain.booking import BookingEvent
from hubsync.services import now
from hubsync.services.bookings.completion import take_in
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.undoing import undo
from hubsync.services.posting.filled_values import list_values, open_value
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation, RecordClaim
from hubsync.store.mappings import MappingRecord
from hubsync.store.people import Person
from hubsync.store.sealed_text import NOTHING
from tests.kit import rows
from tests.kit.filling_guests import Guests, told
from tests.kit.held_calls import let_workers_die, while_held
from tests.kit.meetings import switch_meetings_on
from tests.kit.source_bookings import source_booking

SEARCH = "POST /crm/objects/2026-09/companies/search"
CONTACT = "POST /crm/objects/2026-09/contacts"
LATER = timedelta(minutes=10)
MAKING = {"method": "POST", "path": "/meetings", "except_path": "/batch", "times": 1}
REFUSED = {"status": "error", "message": "No.", "category": "VALIDATION_ERROR"}


@pytest.fixture
def guests(acme: Any) -> Guests:
    return Guests(acme)


def joined(delivery: Any) -> Any:
    found = db.session.query(ExistingAssociation).filter_by(delivery_id=delivery.id).one_or_none()
    end_read()
    return found


def read_and_fill(what: str, record_id: str) -> list[str]:
    path = f"/crm/objects/2026-09/{what}/{record_id}"
    return [f"GET {path}", f"PATCH {path}"]


def test_what_is_empty_is_filled_and_what_is_set_is_left_by_two_calls_a_record(guests: Guests) -> None:
    company = guests.has("companies", name="Acme", domain="acme.co.jp", city="Osaka")
    contact = guests.has("contacts", email="mika@acme.co.jp", lastname="Mika")
    deliveries: list[Any] = []
    calls = guests.acme.calls_of(lambda: deliveries.append(guests.book()))
    assert calls == [SEARCH, CONTACT, *read_and_fill("companies", company), *read_and_fill("contacts", contact)]
    assert guests.values("companies", company, "name", "city", "numberofemployees") == ("Acme", "Osaka", "80")
    assert guests.values("contacts", contact, "lastname", "firstname", "phone", "city") == (
        "Mika",
        "",
        "+81 3",
        "Kobe",
    )
    (delivery,) = deliveries
    assert (delivery.state, delivery.company, delivery.contact) == ("duplicate", "duplicate", "duplicate")
    assert told(delivery) == {
        ("companies", "city"): "was_set",
        ("companies", "numberofemployees"): "filled",
        ("contacts", "phone"): "filled",
        ("contacts", "city"): "filled",
    }
    kept = {each.property_name: each for each in list_values([delivery.id])}
    assert (kept["phone"].record_id, open_value(kept["phone"])) == (contact, "+81 3")
    (was_set,) = (each for each in list_values([delivery.id]) if each.outcome == "was_set")
    assert was_set.value_sealed == NOTHING, "what is not at HubSpot is not kept either"
    assert db.session.query(RecordClaim).count() == 0
    end_read()


def test_a_remembered_company_is_filled_too_and_read_alone_once_nothing_is_empty(guests: Guests) -> None:
    first = guests.book(size="", email="ren@acme.co.jp")
    assert (first.state, told(first)) == ("posted", {})  # what it created itself is not filled
    path = read_and_fill("companies", first.company_id)
    assert guests.acme.calls_of(partial(guests.book, email="go@acme.co.jp")) == [CONTACT, *path]
    assert guests.values("companies", first.company_id, "city", "numberofemployees") == ("Kobe", "80")
    calls = guests.acme.calls_of(partial(guests.book, city="Nara", size="90", email="ai@acme.co.jp"))
    assert calls == [CONTACT, path[0]]
    assert guests.values("companies", first.company_id, "city", "numberofemployees") == ("Kobe", "80")


def test_what_a_person_emptied_stays_empty(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp", phone="+1")
    guests.tell("PATCH", f"records/contacts/{contact}", properties={"phone": ""})
    assert told(guests.book())[("contacts", "phone")] == "emptied"
    assert guests.values("contacts", contact, "phone", "city") == ("", "Kobe")


def test_a_refused_value_is_dropped_and_the_rest_is_filled(guests: Guests) -> None:
    guests.tell("PUT", "properties/contacts/phone", modificationMetadata={"readOnlyValue": True})
    contact = guests.has("contacts", email="mika@acme.co.jp")
    delivery = guests.book()
    assert guests.values("contacts", contact, "phone", "city") == ("", "Kobe")
    assert told(delivery)[("contacts", "phone")] == "refused"
    assert ("dropped", "phone") in {(each["kind"], each.get("property")) for each in delivery.remarks}
    calls = guests.acme.calls_of(partial(guests.book, city="", size=""))  # known by now
    assert [each for each in calls if each.startswith("PATCH")] == []


@pytest.mark.parametrize("reached", ["before", "after"])
def test_a_lost_answer_is_cleared_up_by_reading_and_what_is_ours_is_known_as_ours(
    guests: Guests, reached: str
) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="drop", when=reached, method="PATCH", path="/contacts")
    delivery = guests.book()
    assert (delivery.state, delivery.reason) == ("retrying", "answer_lost")
    assert told(delivery)[("contacts", "phone")] == "intent"
    with time_machine.travel(now() + LATER, tick=True):
        calls = guests.acme.calls_of(run_due)
    assert calls == read_and_fill("contacts", contact)[: 2 if reached == "before" else 1]
    assert read_delivery(delivery.id).state == "posted"
    assert told(delivery)[("contacts", "phone")] == "filled"
    assert guests.values("contacts", contact, "phone", "city") == ("+81 3", "Kobe")


@pytest.mark.parametrize(
    ("reached", "theirs"), [("before", "+44"), ("after", "+44"), ("before", "+81 3"), ("after", "")]
)
def test_what_somebody_changes_before_the_retry_stays_theirs(guests: Guests, reached: str, theirs: str) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="drop", when=reached, method="PATCH", path="/contacts")
    delivery = guests.book()
    guests.tell("PATCH", f"records/contacts/{contact}", properties={"phone": theirs})
    with time_machine.travel(now() + LATER, tick=True):
        run_due()
    assert told(delivery)[("contacts", "phone")] == ("changed" if theirs else "emptied")
    assert guests.values("contacts", contact, "phone", "city") == (theirs, "Kobe")


def test_of_two_bookings_with_one_value_it_is_that_ones_which_wrote_it(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="drop", when="before", method="PATCH", path="/contacts")
    first = guests.book()
    guests.acme.hubspot_recovers()
    second = guests.book()
    with time_machine.travel(now() + LATER, tick=True):
        run_due()
    assert (told(first)[("contacts", "phone")], told(second)[("contacts", "phone")]) == ("changed", "filled")
    assert guests.values("contacts", contact, "phone") == ("+81 3",)


def test_a_value_that_hubspots_answer_has_otherwise_is_not_called_ours(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    body = {"id": contact, "properties": {"phone": "+44", "city": "Kobe"}}
    guests.acme.fault(action="status", status=200, when="after", method="PATCH", path="/contacts", body=body)
    outcomes = told(guests.book())
    assert (outcomes[("contacts", "phone")], outcomes[("contacts", "city")]) == ("changed", "filled")


def test_a_lasting_refusal_of_all_of_it_is_a_remark_and_no_state(guests: Guests) -> None:
    guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="status", status=403, method="PATCH", path="/contacts")
    delivery = guests.book()
    assert delivery.state == "posted"
    assert [each for each in delivery.remarks if each["kind"] == "not_done"] == [
        {"kind": "not_done", "step": "fill", "section": "contacts", "code": "permission_missing"}
    ]
    assert told(delivery)[("contacts", "phone")] == "refused"


def test_a_remembered_company_that_is_gone_is_looked_up_again(guests: Guests) -> None:
    guests.has("contacts", email="mika@acme.co.jp")
    first = guests.book(email="ren@acme.co.jp")
    guests.acme.delete("companies", first.company_id)
    delivery = guests.book()
    assert (delivery.state, delivery.company) == ("posted", "created")
    assert delivery.company_id != first.company_id


def test_a_company_that_goes_meanwhile_is_no_matter_of_a_contact_that_was_just_posted(guests: Guests) -> None:
    first = guests.book(email="ren@acme.co.jp")
    guests.acme.fault(action="status", status=404, method="GET", path="/companies")
    delivery = guests.book()
    assert (delivery.state, delivery.company_id, delivery.association) == ("posted", first.company_id, "made")
    assert [(each["kind"], each["code"]) for each in delivery.remarks] == [("not_done", "record_gone")]


def test_a_contact_without_a_company_is_associated_and_read_by_the_same_call(guests: Guests) -> None:
    guests.associates()
    contact = guests.has("contacts", email="mika@acme.co.jp")
    deliveries: list[Any] = []
    calls = guests.acme.calls_of(lambda: deliveries.append(guests.book()))
    (delivery,) = deliveries
    joining = f"PUT /crm/objects/2026-09/contacts/{contact}/associations/default/companies/{delivery.company_id}"
    assert calls[-3:] == [*read_and_fill("contacts", contact), joining]
    assert guests.record("contacts", contact)["associated"] == [{"id": delivery.company_id, "primary": True}]
    assert (joined(delivery).outcome, delivery.association) == ("made", "none")
    again = guests.book()
    assert joined(again).outcome == "was_there"


def test_a_contact_with_another_company_is_left_alone_and_the_delivery_names_it(guests: Guests) -> None:
    guests.associates()
    contact = guests.has("contacts", email="mika@acme.co.jp")
    other = guests.has("companies", name="Other", domain="other.example")
    url = f"{guests.acme.sandbox.url}/crm/v4/objects/contacts/{contact}/associations/default/companies/{other}"
    requests.put(url, headers={"Authorization": f"Bearer {guests.acme.token()}"}, timeout=60).raise_for_status()
    delivery = guests.book()
    assert guests.record("contacts", contact)["associated"] == [{"id": other, "primary": True}]
    assert (joined(delivery).outcome, joined(delivery).other_company_id) == ("has_another", other)


def test_a_refused_association_is_final_and_told_with_hubspots_words(guests: Guests) -> None:
    guests.associates()
    guests.has("contacts", email="mika@acme.co.jp")
    body = {"status": "error", "message": "One company per contact is the limit.", "category": "VALIDATION_ERROR"}
    guests.acme.fault(action="status", status=400, method="PUT", path="/associations", body=body)
    delivery = guests.book()
    assert (delivery.state, joined(delivery).outcome) == ("posted", "refused")
    assert {(each["kind"], each.get("step")) for each in delivery.remarks} == {("not_done", "join")}
    assert delivery.attempts[0].said_sealed
    assert retry(delivery.id).state == "posted"


@pytest.mark.parametrize("dies", [False, True])
def test_who_finishes_for_a_worker_that_died_says_the_same_of_what_hubspot_refused(
    guests: Guests, dies: bool
) -> None:
    guests.associates()
    switch_meetings_on(guests.acme.calendar_id)
    guests.has("companies", name="Acme", domain="acme.co.jp")
    guests.has("contacts", email="mika@acme.co.jp")
    guests.tell("PUT", "properties/companies/city", modificationMetadata={"readOnlyValue": True})
    guests.acme.fault(action="status", status=403, method="PATCH", path="/contacts", times=None)
    guests.acme.fault(action="status", status=400, method="PUT", path="/associations", body=REFUSED, times=None)
    guests.acme.fault(action="delay", delay=0.0, hold=True, **MAKING)
    thread = while_held(guests.acme, let_workers_die if dies else lambda: None)
    delivery = guests.book()
    thread.join()
    if dies:
        assert read_delivery(delivery.id).state == "sending"
        run_due()
    ended = read_delivery(delivery.id)
    assert (ended.state, sorted(map(shown, ended.remarks))) == (
        "duplicate",
        ["dropped companies city", "not_done contacts fill", "not_done join"],
    )


def shown(remark: dict[str, str]) -> str:
    """What a remark is about."""
    about = (remark["kind"], remark.get("section"), remark.get("step") or remark.get("property"))
    return " ".join(filter(None, about))


def test_without_a_row_that_fills_nothing_is_asked_and_nothing_kept(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme")) == [CONTACT]
    assert db.session.query(Delivery).count() == 2
    assert list_values([1, 2]) == []
    end_read()


def test_what_a_booking_filled_that_turned_out_to_be_another_one_is_known_and_undone(acme: Any) -> None:
    guest = source_booking().guest
    guests = Guests(acme)
    contact = guests.has("contacts", email=guest.email)
    company = guests.has("companies", name=guest.company)
    first = take_in(acme.team_id, source_booking("old")).delivery
    with write_transaction() as session:
        mapping = rows.add_usual_mapping(session, first.calendar_id)
    assert retry(first.id).state == "duplicate"
    with write_transaction() as session:
        row = (mapping.id, "contacts", "city", "fact:source", "City", "string")
        rows.add_mapping_row(session, *row, when_exists="fill")
        session.query(MappingRecord).filter_by(id=mapping.id).one().associates_existing = True
    moved = {"event": BookingEvent.MOVED, "replaces": "new"}
    second = take_in(acme.team_id, replace(source_booking("third"), **moved)).delivery
    assert (second.state, told(second)) == ("duplicate", {("contacts", "city"): "filled"})
    between = {"event": BookingEvent.MOVED, "replaces": "old", "replaced_by": "third"}
    stays = take_in(acme.team_id, replace(source_booking("new"), **between)).delivery
    assert (stays.id, told(stays)) == (first.id, {("contacts", "city"): "filled"})
    assert (joined(stays).contact_id, joined(stays).company_id) == (contact, company)
    assert undo(stays.id, db.session.query(Person.id).scalar())
    assert guests.values("contacts", contact, "city") == ("",)
