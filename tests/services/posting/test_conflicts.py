"""A 409 is a duplicate when a contact stands behind it; else the contact is tried again and somebody is told."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.questions import Part
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.notices.open_failures import read_open_failures
from hubsync.store import end_read, write_transaction
from hubsync.store.deliveries import Delivery

NO_ID = {"status": "error", "message": "Contact already exists.", "category": "CONFLICT"}
CREATE = {"action": "status", "method": "POST", "path": "/contacts"}
LOOK_UP = {"action": "status", "method": "GET", "path": "/contacts"}


def conflict(acme: Any, body: dict[str, Any] = NO_ID, times: int | None = 1) -> None:
    acme.fault(status=409, body=body, times=times, **CREATE)


def due(delivery_id: int, attempts: int = 1) -> None:
    """The delivery is due now, after so many attempts."""
    with write_transaction() as session:
        session.query(Delivery).filter_by(id=delivery_id).update(
            {"attempts_used": attempts, "next_attempt_at": now()}
        )


def again(acme: Any, delivery: Delivery, attempts: int = 1) -> Delivery:
    acme.hubspot_recovers()
    due(delivery.id, attempts)
    run_due()
    found = read_delivery(delivery.id)
    end_read()
    return found


def test_a_contact_that_the_look_up_finds_is_a_duplicate(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    conflict(acme)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.contact) == ("duplicate", "duplicate")
    assert delivery.contact_id == acme.records("contacts")[0]["id"]


def test_one_found_by_its_second_address_is_a_duplicate(acme: Any) -> None:
    kept = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").contact_id
    acme.sandbox.state.records_of(1234567, "contacts")[0].properties["hs_additional_emails"] = "m.sato@acme.co.jp"
    conflict(acme)
    assert acme.book("Sato Mika", "m.sato@acme.co.jp", "Acme").contact_id == kept


def test_one_that_is_not_there_is_tried_again_and_posted(acme: Any) -> None:
    conflict(acme)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.contact) == ("retrying", "record_conflict", "")
    assert (delivery.attempts_used, delivery.contact_id) == (1, "")
    ended = again(acme, delivery)
    assert (ended.state, ended.contact, ended.association) == ("posted", "created", "made")


@pytest.mark.parametrize(("company", "state"), [("Acme", "partial"), ("", "failed")])
def test_the_last_attempt_ends_it_and_somebody_is_told(acme: Any, company: str, state: str) -> None:
    with acme.app.test_request_context():
        conflict(acme, times=2)
        delivery = acme.book("Sato Mika", "mika@gmail.com", company)
        ended = again(acme, delivery, attempts=11)
        assert (ended.state, ended.reason, ended.contact) == (state, "record_conflict", "refused")
        told = read_open_failures(acme.team_id)
        assert getattr(told, state) == 1
        assert told.give_reason(None)
        assert retry(delivery.id).state == "posted"


@pytest.mark.parametrize(
    "look_up",
    [{"status": 503}, {"status": 500}, {"status": 429}, {"status": 423}, {"action": "drop"}, {"action": "html"}],
    ids=["503", "500", "429", "423", "dropped", "a web page"],
)
@pytest.mark.quick_cases(3)
def test_a_look_up_that_could_not_be_made_proves_nothing(acme: Any, look_up: dict[str, Any]) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    conflict(acme)
    acme.fault(times=1, **LOOK_UP | look_up)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.contact, delivery.contact_id) == ("retrying", "", "")
    assert again(acme, delivery).contact == "duplicate"  # HubSpot's next 409 names the contact


def test_a_look_up_that_hubspot_refuses_is_no_refusal_of_the_contact(acme: Any) -> None:
    conflict(acme)
    acme.fault(status=400, times=1, **LOOK_UP)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("retrying", "record_conflict")
    assert again(acme, delivery).state == "posted"


def test_a_look_up_without_permission_is_told_as_that(acme: Any) -> None:
    conflict(acme)
    acme.fault(status=403, times=1, **LOOK_UP)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.contact) == ("partial", "permission_missing", "refused")


def test_an_answer_that_was_lost_before_a_conflict_stays_in_doubt(acme: Any) -> None:
    acme.fault(action="drop", method="POST", path="/contacts", when="before", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.contact == "intent"
    conflict(acme)
    between = again(acme, delivery)
    assert (between.state, between.contact) == ("retrying", "intent")
    assert again(acme, between, attempts=2).contact == "created"


@pytest.mark.parametrize(
    ("section", "path", "body"),
    [
        ("contacts", "/contacts", {"errors": [{"context": {"propertyName": ["jobtitle"]}}]}),
        ("contacts", "/contacts", {"message": "Existing ID: 1", "errors": [{"in": "jobtitle"}]}),
        ("companies", "/companies", {"errors": [{"code": "CONFLICT", "context": {"propertyName": ["city"]}}]}),
    ],
)
def test_a_conflict_over_another_property_leaves_its_row_out(
    acme: Any, section: str, path: str, body: dict[str, Any]
) -> None:
    name = "jobtitle" if section == "contacts" else "city"
    acme.map(section, name, f"question:{acme.question(Part.NAME).id}")
    acme.fault(action="status", status=409, method="POST", path=path, except_path="/search", body=body, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("posted", "created", "created")
    assert [(each["kind"], each["property"]) for each in delivery.remarks] == [("dropped", name)]


def test_a_company_in_conflict_with_nothing_named_is_tried_again(acme: Any) -> None:
    acme.fault(
        action="status", status=409, method="POST", path="/companies", except_path="/search", body={}, times=1
    )
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("retrying", "record_conflict")
    ended = again(acme, delivery)
    assert (ended.state, ended.company, ended.association) == ("posted", "created", "made")
