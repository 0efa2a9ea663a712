"""Undoing what further steps did: values that were filled in, associations of records that stay, meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests

from hubspot_sandbox.crm.association_types import add_label
from hubspot_sandbox.crm.associations import dissociate
from hubspot_sandbox.crm.sources import Source
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.questions import Kind
from hubsync.domain.undoing import UndoFate
from hubsync.services import now
from hubsync.services.bookings.moves import write_move
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.services.deliveries.posting_again import post_again
from hubsync.services.deliveries.undo_plan import made_by
from hubsync.services.deliveries.undoing import undo
from hubsync.services.posting.meeting_news import note_change
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation, RecordClaim
from hubsync.store.mappings import MappingRecord
from tests.kit.clock import later
from tests.kit.held_calls import while_held
from tests.kit.meetings import meetings_at, switch_meetings_on
from tests.kit.replays import person_id
from tests.services.deliveries.test_undoing import change, expected, left, undone


@pytest.fixture
def filled(acme: Any) -> Delivery:
    """A booking that filled the phone of a contact that somebody had made, and found its company in HubSpot."""
    for kind, values in (("contacts", {"email": "mika@acme.co.jp"}), ("companies", {"domain": "acme.co.jp"})):
        seeded = {"properties": values}
        requests.post(f"{acme.sandbox.url}/sandbox/api/records/{kind}", json=seeded, timeout=60).raise_for_status()
    asked = acme.add_question("Phone", Kind.TEXT)
    acme.map("contacts", "phone", f"question:{asked}", when_exists="fill")
    delivery: Delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme", answers={asked: "+81 3"})
    assert (delivery.state, phone(acme, delivery)) == ("duplicate", "+81 3")
    return delivery


def phone(acme: Any, delivery: Delivery) -> str:
    properties: dict[str, str] = acme.sandbox.state.records.get(
        f"1234567:contacts:{delivery.contact_id}"
    ).properties
    return properties.get("phone", "")


def test_a_value_that_was_filled_in_is_emptied_and_can_be_filled_again(acme: Any, filled: Delivery) -> None:
    assert expected(filled) == [(UndoFate.EMPTIED, "", 0)]
    assert undone(acme, filled) == {"filled_value": ("undo_emptied", "")}
    assert (phone(acme, filled), left(acme)) == ("", (1, 1))
    post_again(filled.id, person_id())
    assert phone(acme, filled) == "+81 3"


def test_a_booking_that_was_undone_gets_no_meeting_when_it_is_moved(acme: Any, filled: Delivery) -> None:
    switch_meetings_on(acme.calendar_id)
    assert undo(filled.id, person_id())
    with write_transaction() as session:
        booking = session.get_one(BookingRecord, filled.booking_id)
        write_move(session, booking, now() + timedelta(days=9), now() + timedelta(days=9, minutes=30))
        note_change(session, booking)
    assert run_due_meetings() != []
    assert meetings_at(acme.sandbox) == []


def test_what_was_there_before_a_booking_is_not_its_to_undo(acme: Any, filled: Delivery) -> None:
    """The value and the association are an earlier booking's."""
    with write_transaction() as session:
        session.query(MappingRecord).one().associates_existing = True
    asked = {each.label: each.id for each in acme.calendar().questions}["Phone"]
    earlier, again = (
        acme.book("Sato Mika", "mika@acme.co.jp", "Acme", answers={asked: "+81 3"}, form_id=name)
        for name in ("earlier", "later")
    )
    assert (association_of(earlier), association_of(again)) == ("made", "was_there")
    assert [thing.part for thing in made_by(again).things] == []
    assert not undo(again.id, person_id())


def association_of(delivery: Delivery) -> str:
    found = db.session.query(ExistingAssociation.outcome).filter_by(delivery_id=delivery.id).scalar()
    end_read()
    return str(found)


def test_what_is_on_its_way_is_not_undone(acme: Any) -> None:
    switch_meetings_on(acme.calendar_id)
    acme.fault(action="status", status=503, path="/meetings", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.contact) == ("retrying", "created")
    assert not undo(delivery.id, person_id())
    assert left(acme) == (1, 1)


@pytest.mark.parametrize("value", ["+81 6", "+81 3"], ids=["another value", "the same one by hand"])
def test_a_filled_value_that_somebody_set_stays(acme: Any, filled: Delivery, value: str) -> None:
    change(acme, "contacts", filled.contact_id, phone="")
    change(acme, "contacts", filled.contact_id, phone=value)
    assert undone(acme, filled) == {"filled_value": ("stays_touched", "phone")}
    assert phone(acme, filled) == value


def test_what_was_filled_in_one_record_is_looked_at_by_one_read(acme: Any, filled: Delivery) -> None:
    acme.map("contacts", "city", "fact:calendar", when_exists="fill")
    acme.map("contacts", "jobtitle", "fact:calendar", when_exists="fill")
    further = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = acme.calls_of(lambda: expected(further))
    assert len([each for each in calls if each.startswith("GET") and "/contacts/" in each]) == 1
    assert expected(further) == [(UndoFate.EMPTIED, "", 0)] * 2
    assert set(undone(acme, further).values()) == {("undo_emptied", "")}


def test_a_lost_answer_to_emptying_is_cleared_up_by_the_next_press(acme: Any, filled: Delivery) -> None:
    acme.fault(action="drop", when="after", path="/contacts", method="PATCH", times=1)
    assert undone(acme, filled) == {"filled_value": ("undo_sent", "")}
    assert undone(acme, filled) == {"filled_value": ("undo_emptied", "")}


def associated_existing(acme: Any, **company: str) -> Any:
    """A delivery whose contact HubSpot had, without a company, and which associated it with its company."""
    seeded = {"properties": {"email": "mika@acme.co.jp"}}
    requests.post(f"{acme.sandbox.url}/sandbox/api/records/contacts", json=seeded, timeout=60).raise_for_status()
    if company:
        url = f"{acme.sandbox.url}/sandbox/api/records/companies"
        requests.post(url, json={"properties": company}, timeout=60).raise_for_status()
    with write_transaction() as session:
        session.query(MappingRecord).one().associates_existing = True
    acme.calendar()
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert len(list(acme.sandbox.state.associations)) == 1
    return delivery


def test_an_association_between_two_records_that_stay_is_removed_and_made_again(acme: Any) -> None:
    delivery = associated_existing(acme, name="Acme", domain="acme.co.jp")
    assert undone(acme, delivery) == {"made_association": ("undo_removed", "")}
    assert (left(acme), list(acme.sandbox.state.associations)) == ((1, 1), [])
    post_again(delivery.id, person_id())
    assert len(list(acme.sandbox.state.associations)) == 1
    assert undone(acme, delivery) == {"made_association": ("undo_removed", "")}


@pytest.mark.parametrize("meanwhile", ["labelled", "found by another booking", "ended", "contact deleted"])
def test_an_association_that_is_not_as_it_was_made_is_left(acme: Any, meanwhile: str) -> None:
    delivery = associated_existing(acme, name="Acme", domain="acme.co.jp")
    state, account_id = acme.sandbox.state, DEFAULT_ACCOUNT
    (made,) = list(state.associations)
    if meanwhile == "labelled":
        named = {"name": "partner", "label": "Partner"}
        made.labels = [add_label(state, account_id, "contacts", named).number]
        state.associations.put(made)
    elif meanwhile == "found by another booking":
        acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    elif meanwhile == "ended":
        dissociate(state, account_id, made.contact_id, made.company_id)
    else:
        acme.delete("contacts", made.contact_id)
    stays = {
        "labelled": ("stays_touched", "partner"),
        "found by another booking": ("stays_used", ""),
    }
    assert undone(acme, delivery) == {"made_association": stays.get(meanwhile, ("undo_gone", ""))}
    assert len(list(state.associations)) == (meanwhile in stays)


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_to_ending_an_association_is_cleared_up_by_a_look(acme: Any, lost: str) -> None:
    delivery = associated_existing(acme, name="Acme", domain="acme.co.jp")
    acme.fault(action="drop", when=lost, method="DELETE", path="/associations", times=1)
    assert undone(acme, delivery) == {"made_association": ("undo_sent", "")}
    assert undone(acme, delivery) == {"made_association": ("undo_removed", "")}
    assert list(acme.sandbox.state.associations) == []


def test_the_meeting_goes_first_even_if_the_booking_was_moved(acme: Any) -> None:
    switch_meetings_on(acme.calendar_id)
    acme.calendar()
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    [meeting] = meetings_at(acme.sandbox)
    ours = acme.sandbox.state.records.get(f"1234567:contacts:{delivery.contact_id}").properties
    moved = Source(ours["hs_object_source"], ours["hs_object_source_id"], "")
    with later(hours=1):
        change(acme, "meetings", meeting["id"], moved, hs_meeting_start_time="2026-12-24T09:00:00.000Z")
    assert set(undone(acme, delivery).values()) == {("undo_archived", "")}
    assert (left(acme), meetings_at(acme.sandbox)) == ((0, 0), [])
    assert post_again(delivery.id, person_id()).state == "posted"
    assert (left(acme), len(meetings_at(acme.sandbox))) == ((1, 1), 1)


def test_a_meeting_that_somebody_changed_stays_and_so_does_its_contact(acme: Any) -> None:
    switch_meetings_on(acme.calendar_id)
    acme.calendar()
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(acme, "meetings", meetings_at(acme.sandbox)[0]["id"], hs_meeting_outcome="COMPLETED")
    assert undone(acme, delivery) == {
        "made_meeting": ("stays_touched", "hs_meeting_outcome"),
        "made_contact": ("stays_linked", "meetings"),
        "made_company": ("stays_linked", "contacts"),
    }


@pytest.mark.parametrize("undoes", ["a value", "a record"])
def test_no_booking_of_ours_fills_a_record_between_the_look_at_it_and_the_call(
    acme: Any, request: pytest.FixtureRequest, undoes: str
) -> None:
    delivery = (
        request.getfixturevalue("filled")
        if undoes == "a value"
        else acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    )
    claimed: list[tuple[str, str]] = []

    def take_over() -> None:  # as another worker does when this one was away for a minute
        with write_transaction() as session:
            claims = session.query(RecordClaim)
            claimed.extend((each.section, each.record_id) for each in claims)
            claims.delete()

    acme.fault(action="delay", hold=True, when="after", method="GET", path=f"/contacts/{delivery.contact_id}")
    taking_over = while_held(acme, take_over)
    became = list(undone(acme, delivery).values())
    taking_over.join()
    assert claimed == [("contacts", delivery.contact_id)]
    assert became[0] == ("undo_open", ""), "its worker did not know any more whether somebody fills it"
    assert set(undone(acme, delivery).values()) <= {("undo_emptied", ""), ("undo_archived", "")}
    assert db.session.query(RecordClaim).count() == 0
