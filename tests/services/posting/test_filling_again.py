"""What a later attempt finds: nothing is done twice, and nobody else's value is called ours."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from sqlalchemy import event

from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.posting.filled_values import hand_over, list_values, open_value
from hubsync.services.posting.filling import FRESH_SECONDS
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import ExistingAssociation, FilledValue, RecordClaim
from tests.kit.clock import later
from tests.kit.filling_guests import Guests, told
from tests.kit.held_calls import let_workers_die, while_held
from tests.kit.meetings import switch_meetings_on
from tests.kit.rows import ACCOUNT
from tests.kit.waiting import wait_until

MAKING = {"method": "POST", "path": "/meetings", "except_path": "/batch", "times": 1}


@pytest.fixture
def guests(acme: Any) -> Guests:
    return Guests(acme)


def joined(delivery: Any) -> str:
    found = db.session.query(ExistingAssociation).populate_existing().filter_by(delivery_id=delivery.id).one()
    end_read()
    return str(found.outcome)


def test_what_was_done_counts_at_once_and_is_not_done_again_when_somebody_took_it_back(guests: Guests) -> None:
    guests.associates()
    switch_meetings_on(guests.acme.calendar_id)
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="drop", when="after", method="PUT", path="/associations", times=1)
    delivery = guests.book()
    assert (delivery.state, told(delivery)[("contacts", "phone")], joined(delivery)) == (
        "retrying",
        "filled",
        "intent",
    )
    assert db.session.query(RecordClaim).count() == 0
    guests.acme.fault(action="status", status=503, **MAKING)
    with later(minutes=10):
        run_due()
    assert (read_delivery(delivery.id).state, joined(delivery)) == ("retrying", "made")
    take_apart(guests, contact, delivery.company_id)
    with later(hours=3):
        run_due()
    assert read_delivery(delivery.id).state == "posted"
    assert guests.record("contacts", contact)["associated"] == []


def take_apart(guests: Guests, contact_id: str, company_id: str) -> None:
    """Somebody removes the association."""
    url = f"{guests.acme.sandbox.url}/crm/v4/objects/contacts/{contact_id}/associations/companies/{company_id}"
    requests.delete(url, headers={"Authorization": f"Bearer {guests.acme.token()}"}, timeout=60).raise_for_status()


def test_a_worker_whose_delivery_another_one_has_by_now_writes_nothing(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="delay", hold=True, when="after", method="GET", path="/contacts", times=1)
    thread = while_held(guests.acme, let_workers_die)
    guests.book()
    thread.join()
    assert guests.values("contacts", contact, "phone") == ("",)
    run_due()
    assert guests.values("contacts", contact, "phone") == ("+81 3",)


def test_what_another_record_has_is_not_ours_though_it_is_what_was_sent(guests: Guests) -> None:
    """The company that it was sent to is gone, and HubSpot has another one of that domain by now."""
    guests.has("contacts", email="mika@acme.co.jp")
    company = guests.has("companies", name="Acme", domain="acme.co.jp")
    guests.acme.fault(action="drop", when="before", method="PATCH", path="/companies", times=1)
    delivery = guests.book()
    assert (delivery.state, told(delivery)[("companies", "city")]) == ("retrying", "intent")
    guests.acme.delete("companies", company)
    guests.has("companies", name="Acme", domain="acme.co.jp", city="Kobe")
    with later(minutes=10):
        run_due()
    assert (read_delivery(delivery.id).state, told(delivery)[("companies", "city")]) == ("duplicate", "was_set")


@pytest.mark.parametrize(
    ("section", "account_id"), [("companies", ACCOUNT), ("contacts", "7654321")], ids=["kind", "account"]
)
def test_a_record_of_another_kind_or_account_may_have_the_same_number(
    guests: Guests, section: str, account_id: str
) -> None:
    """What a booking filled there says nothing of what this one filled here."""
    there = guests.book(email="ren@acme.co.jp")
    contact = guests.has("contacts", email="mika@acme.co.jp")
    with write_transaction() as session:
        named = {"section": section, "property_name": "phone", "property_label": "", "record_id": contact}
        session.add(FilledValue(delivery_id=there.id, **named, outcome="filled", code="", decided_at=now()))
        session.query(Delivery).filter_by(id=there.id).update({"hubspot_account_id": account_id})
    guests.acme.fault(action="drop", when="after", method="PATCH", path="/contacts", times=1)
    delivery = guests.book()
    with later(minutes=10):
        run_due()
    assert told(delivery)[("contacts", "phone")] == "filled"


def test_of_two_bookings_that_are_one_that_one_counts_which_stays(guests: Guests) -> None:
    guests.associates()
    contacts = [guests.has("contacts", email=f"{name}@acme.co.jp") for name in ("mika", "ren")]
    stays, goes = guests.book(), guests.book(phone="+81 6", email="ren@acme.co.jp")
    with write_transaction() as session:
        hand_over(session, stays.id, goes.id)
    (phone,) = (each for each in list_values([stays.id]) if each.property_name == "phone")
    assert (phone.record_id, open_value(phone)) == (contacts[0], "+81 3")
    assert db.session.query(ExistingAssociation.contact_id).filter_by(delivery_id=stays.id).scalar() == contacts[0]
    end_read()


def test_what_was_sent_to_a_record_that_was_merged_since_is_ours(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="drop", when="after", method="PATCH", path="/contacts", times=1)
    delivery = guests.book()
    survivor = guests.has("contacts", email="mika.sato@acme.co.jp")
    guests.tell("POST", f"records/contacts/{contact}/merge", into=survivor)
    with later(minutes=10):
        run_due()
    assert told(delivery)[("contacts", "phone")] == "filled"


@pytest.mark.slow  # what is read grows old
def test_what_was_read_too_long_ago_is_read_again_before_anything_is_written(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")

    met: list[str] = []

    def take_long(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        """Over writing down what is to be sent; meanwhile somebody sets it."""
        if statement.startswith("INSERT INTO filled_values") and not met:
            met.append(statement)
            began = time.monotonic()
            guests.tell("PATCH", f"records/contacts/{contact}", properties={"phone": "+44"})
            wait_until(lambda: time.monotonic() - began > FRESH_SECONDS)

    event.listen(db.engine, "after_cursor_execute", take_long)
    try:
        delivery = guests.book()
    finally:
        event.remove(db.engine, "after_cursor_execute", take_long)
    assert guests.values("contacts", contact, "phone", "city") == ("+44", "Kobe")
    assert (delivery.state, told(delivery)[("contacts", "phone")]) == ("posted", "was_set")
