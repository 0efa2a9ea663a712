"""One of our workers at a time writes to a record that HubSpot has, whatever process or machine it is in."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine

from hubsync.domain.mapping import Section
from hubsync.errors import RecordBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.operations.background_jobs import do_due_work
from hubsync.services.posting import record_claims
from hubsync.services.posting.filled_values import list_values, open_value
from hubsync.store import db, end_read, write_transaction
from hubsync.store.fillings import RecordClaim
from tests.kit.at_one_instant import at_once
from tests.kit.filling_guests import Guests
from tests.kit.held_calls import while_held


@pytest.fixture
def guests(acme: Any, database: Any) -> Guests:
    return Guests(acme)


def claimed(account_id: str, contact: str, until: timedelta) -> None:
    """Somebody has the contact."""
    with write_transaction() as session:
        held = {"hubspot_account_id": account_id, "section": "contacts", "record_id": contact}
        session.add(RecordClaim(**held, claim_owner="somebody", claim_until=now() + until))


def test_two_bookings_that_meet_at_one_record_fill_it_once(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="delay", delay=0.1, method="GET", path="/contacts", times=None)
    at_once(guests.acme.app, [partial(guests.book, phone=f"+{number}") for number in range(3)])
    run_due()
    phones = [each for each in list_values(range(1, 4)) if each.property_name == "phone"]
    end_read()
    assert sorted(each.outcome for each in phones) == ["filled", "was_set", "was_set"]
    (ours,) = (each for each in phones if each.outcome == "filled")
    assert guests.values("contacts", contact, "phone") == (open_value(ours),)
    history = guests.acme.sandbox.state.records.get(f"1234567:contacts:{contact}").history
    assert len(history["phone"]) == 1


def test_a_worker_that_slept_until_its_claim_had_ended_writes_nothing(guests: Guests) -> None:
    contact = guests.has("contacts", email="mika@acme.co.jp")
    guests.acme.fault(action="delay", hold=True, when="after", method="GET", path="/contacts")

    def another_one_fills_it() -> None:
        with write_transaction() as session:
            session.query(RecordClaim).delete()
        guests.tell("PATCH", f"records/contacts/{contact}", properties={"phone": "+44"})

    thread = while_held(guests.acme, another_one_fills_it)
    delivery = guests.book()
    thread.join()
    assert (delivery.state, delivery.reason) == ("retrying", "record_busy")
    assert guests.values("contacts", contact, "phone", "city") == ("+44", "")


def test_who_finds_the_record_taken_comes_back_and_takes_it_over_from_a_worker_that_died(guests: Guests) -> None:
    claimed("1234567", "77", timedelta(seconds=60))

    def take() -> str:
        return record_claims.take("1234567", Section.CONTACTS, "77", Deadline.after(0.2), lambda session: None)

    with pytest.raises(RecordBusy):
        take()
    with time_machine.travel(now() + timedelta(seconds=61), tick=True):
        holder = take()
    assert [each.claim_owner for each in db.session.query(RecordClaim)] == [holder]
    end_read()
    assert record_claims.take("7654321", Section.CONTACTS, "77", Deadline.after(0.2), lambda session: None)


def test_a_claim_that_nobody_takes_over_is_forgotten(guests: Guests) -> None:
    claimed("1234567", "77", timedelta(seconds=-1))
    claimed("1234567", "78", timedelta(seconds=50))
    list(do_due_work())
    assert [each.record_id for each in db.session.query(RecordClaim)] == ["78"]
    end_read()


def test_of_a_company_that_was_merged_the_one_that_is_written_to_is_claimed(guests: Guests) -> None:
    guests.acme.settings(associations_accept_merged_ids=True)
    first = guests.book(size="", email="ren@acme.co.jp")
    survivor = guests.has("companies", name="Beta", domain="beta.co.jp")
    guests.tell("POST", f"records/companies/{first.company_id}/merge", into=survivor)
    guests.has("contacts", email="mika@acme.co.jp", phone="+1", city="Kobe")
    guests.acme.fault(action="delay", hold=True, method="PATCH", path="/companies")
    claims: list[str] = []

    def look() -> None:
        claims.extend(each.record_id for each in db.session.query(RecordClaim))
        end_read()

    thread = while_held(guests.acme, look)
    delivery = guests.book()
    thread.join()
    assert (delivery.state, claims) == ("duplicate", [survivor])
    assert guests.values("companies", survivor, "numberofemployees") == ("80",)
    assert db.session.query(RecordClaim).count() == 0
    end_read()
