"""The steps that write to HubSpot: once, by the worker that has the delivery, into the account it began in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.domain.questions import Part
from hubsync.errors.details import LONGEST_VALUE
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from tests.kit.held_calls import while_held

SEARCH = "POST /crm/objects/2026-09/companies/search"
COMPANY = "POST /crm/objects/2026-09/companies"


def while_it_waits(acme: Any, ready: Callable[[], bool], act: Callable[[], None]) -> Any:
    """Book, and *act* while HubSpot holds a call; by then it must be *ready*."""

    def meanwhile() -> None:
        assert ready()
        end_read()
        act()

    thread = while_held(acme, meanwhile)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    thread.join()
    return delivery


def is_claimed() -> bool:
    return db.session.query(KnownCompany).count() > 0


def is_sent() -> bool:
    return db.session.query(KnownCompany).filter(KnownCompany.sent_at.is_not(None)).count() > 0


def is_created() -> bool:
    return db.session.query(Delivery).filter_by(company="created").count() > 0


@pytest.mark.parametrize(
    ("taken", "left"),
    [("delivery", ("intent", "sending")), ("claim", ("", "retrying"))],
    ids=["delivery", "claim"],
)
def test_a_worker_that_lost_its_lease_creates_no_company(acme: Any, taken: str, left: tuple[str, str]) -> None:
    def take() -> None:
        with write_transaction() as session:
            if taken == "delivery":
                session.query(Delivery).update({"lease_owner": "another"})
            else:
                session.query(KnownCompany).update({"claim_owner": "another"})

    acme.fault(action="delay", hold=True, path="/companies/search", times=1)
    calls = acme.calls_of(lambda: while_it_waits(acme, is_claimed, take))
    assert calls == [SEARCH]
    end_read()
    delivery = db.session.query(Delivery).populate_existing().one()
    assert (delivery.company, delivery.state) == left


def test_a_booking_begun_in_one_account_is_not_finished_in_another(acme: Any) -> None:
    def connect_another() -> None:
        with write_transaction() as session:
            session.query(Connection).update({"hubspot_account_id": "7654321"})

    acme.fault(action="delay", hold=True, method="POST", path="/companies", skip=1, times=1)
    calls = acme.calls_of(lambda: while_it_waits(acme, is_sent, connect_another))
    assert calls == [SEARCH, COMPANY]
    delivery = db.session.query(Delivery).populate_existing().one()
    assert (delivery.state, delivery.reason, delivery.company) == ("waiting", "another_account", "created")
    assert retry(delivery.id).state == "waiting"


def test_a_person_can_send_a_booking_to_the_new_account_when_nothing_of_it_stands_in_the_old(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Connection).update({"hubspot_account_id": "7654321"})
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert run_due() == [(delivery.id, "waiting")]
    assert retry(delivery.id).state == "posted"


def test_remarks_about_a_finished_step_outlive_the_attempts_that_do_not_repeat_it(acme: Any) -> None:
    acme.map("companies", "no_such_property", f"question:{acme.question(Part.NAME).id}")
    acme.fault(action="status", status=503, path="/contacts", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert [remark["kind"] for remark in delivery.remarks] == ["dropped"]
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert run_due() == [(delivery.id, "posted")]
    assert [remark["kind"] for remark in read_delivery(delivery.id).remarks] == ["dropped"]


def test_a_remark_about_a_step_that_is_repeated_is_made_anew(acme: Any) -> None:
    acme.map("contacts", "no_such_property", f"question:{acme.question(Part.NAME).id}")
    acme.fault(action="status", status=503, path="/contacts", skip=1, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "retrying"
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        run_due()
    assert [remark["kind"] for remark in read_delivery(delivery.id).remarks] == ["dropped"]


def test_an_answer_that_names_many_properties_still_fits_the_attempt(acme: Any) -> None:
    errors = [
        {"code": "INVALID_OPTION", "message": "m", "context": {"propertyName": [f"property_{number:090d}"]}}
        for number in range(50)
    ]
    body = {"status": "error", "message": "bad", "errors": errors, "category": "VALIDATION_ERROR"}
    acme.fault(action="status", status=400, path="/contacts", body=body, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "partial"
    [named] = [attempt.detail["properties"] for attempt in delivery.attempts]
    assert (len(named), named.count("property_")) == (LONGEST_VALUE, 8)


def test_values_are_left_out_at_most_twice(acme: Any) -> None:
    for number in range(3):
        acme.map("contacts", f"bad{number}", f"question:{acme.question(Part.NAME).id}")
        body = {
            "message": "m",
            "errors": [{"code": "INVALID_OPTION", "message": "m", "context": {"propertyName": [f"bad{number}"]}}],
        }
        acme.fault(action="status", status=400, path="/contacts", body=body, times=1)
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme"))
    assert len(calls) == 5
    assert db.session.query(Delivery).one().contact == "refused"


def test_a_delivery_that_hubspot_answered_counts_as_the_last_post_and_a_waiting_one_does_not(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert db.session.query(Connection.last_posted_at).scalar() is None
    end_read()
    acme.hubspot_recovers()
    acme.book("Kato Rei", "rei@other.co.jp", "Other")
    assert db.session.query(Connection.last_posted_at).scalar() is not None


def test_several_fitting_companies_are_remarked(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.book("Kato Rei", "rei@other.co.jp", "Other")
    with write_transaction() as session:
        session.query(KnownCompany).delete()
    delivery = acme.book("Ito Ai", "ai@acme.co.jp", "Other")
    assert (delivery.company, delivery.company_matches) == ("duplicate", 2)
    assert {"kind": "several_companies", "count": 2} in delivery.remarks


def test_a_companys_id_is_stored_before_the_contact_is_sent(acme: Any) -> None:
    seen: list[tuple[str, str, str]] = []

    def look() -> None:
        company, company_id, contact = db.session.query(
            Delivery.company, Delivery.company_id, Delivery.contact
        ).one()
        seen.append((company, company_id, contact))

    acme.fault(action="delay", hold=True, path="/contacts", times=1)
    delivery = while_it_waits(acme, is_created, look)
    assert seen == [("created", delivery.company_id, "")]


def test_a_contact_that_exists_costs_no_look_up(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme"))
    assert calls == ["POST /crm/objects/2026-09/contacts"]


def test_without_an_email_there_is_no_contact_and_a_remark(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("posted", "created", "none")
    assert {"kind": "no_email"} in delivery.remarks
    assert acme.records("contacts") == []


def test_without_a_company_nothing_is_said_about_hubspots_own(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"companies_on": False})
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").remarks == []
