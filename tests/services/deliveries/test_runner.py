"""What one booking becomes in HubSpot, over a real socket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine

from hubsync.domain.questions import Kind, Part
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.deliveries.dispatch import deliver, read_delivery, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.teams import Team

SEARCH = "POST /crm/objects/2026-09/companies/search"
COMPANY = "POST /crm/objects/2026-09/companies"
CONTACT = "POST /crm/objects/2026-09/contacts"


def test_a_new_company_and_a_new_contact_are_posted_and_associated_in_three_calls(acme: Any) -> None:
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme株式会社"))
    assert calls == [SEARCH, COMPANY, CONTACT]
    (company,) = acme.records("companies")
    (contact,) = acme.records("contacts")
    assert company["properties"]["name"] == "Acme株式会社"
    assert company["properties"]["domain"] == "acme.co.jp"
    assert contact["properties"]["email"] == "mika@acme.co.jp"
    assert (contact["properties"]["lastname"], contact["properties"]["firstname"]) == ("Sato", "Mika")
    assert acme.companies_of(contact) == {company["id"]}


def test_the_delivery_says_what_was_made(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact, delivery.association) == (
        "posted",
        "created",
        "created",
        "made",
    )
    assert delivery.company_id == acme.records("companies")[0]["id"]
    assert delivery.contact_id == acme.records("contacts")[0]["id"]
    assert [attempt.outcome for attempt in delivery.attempts] == ["posted"]


def test_a_second_guest_of_a_remembered_company_costs_one_call(acme: Any) -> None:
    acme.settings(search_lag_seconds=3600)  # HubSpot's search would not know the company yet
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@acme.co.jp", "ACME "))
    assert calls == [CONTACT]
    (company,) = acme.records("companies")
    assert [acme.companies_of(contact) for contact in acme.records("contacts")] == [{company["id"]}] * 2


def test_a_company_that_hubspot_has_is_left_as_it_is_and_costs_two_calls(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with time_machine.travel(now() + timedelta(days=2), tick=True):  # our own memory is over
        calls = acme.calls_of(lambda: acme.book("Kato Rei", "rei@acme.co.jp", "Acme Trading"))
    assert calls == [SEARCH, CONTACT]
    (company,) = acme.records("companies")
    assert company["properties"]["name"] == "Acme"


def test_the_same_guest_again_makes_nothing_new(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    delivery = acme.book("Sato Mika", "MIKA@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact, delivery.association) == (
        "duplicate",
        "duplicate",
        "duplicate",
        "none",
    )
    assert len(acme.records("companies")) == len(acme.records("contacts")) == 1
    assert delivery.contact_id == acme.records("contacts")[0]["id"]


def test_contacts_alone_cost_one_call(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"companies_on": False})
    assert acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme")) == [CONTACT]
    assert acme.records("companies") == []


def test_a_free_mail_address_gives_a_contact_and_no_domain(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@gmail.com")
    assert (delivery.state, delivery.company, delivery.contact) == ("posted", "none", "created")
    assert acme.records("companies") == []
    assert [remark["code"] for remark in delivery.remarks if remark["kind"] == "left_out"] == ["free_email_domain"]


def test_a_free_mail_address_with_a_company_name_is_associated_by_name(acme: Any) -> None:
    acme.book("Sato Mika", "mika@gmail.com", "Acme")
    (company,) = acme.records("companies")
    assert company["properties"].get("domain") in (None, "")
    assert acme.companies_of(acme.records("contacts")[0]) == {company["id"]}


def test_the_same_form_sent_twice_is_one_booking(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="once")
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="once"))
    assert calls == []
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme", form_id="once").id == first.id


def test_a_value_that_is_no_number_leaves_out_its_row_alone(acme: Any) -> None:
    question = acme.add_question("Employees", Kind.TEXT)
    acme.map("companies", "numberofemployees", f"question:{question}", "number", "Number of Employees")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme", answers={question: "100名"})
    assert delivery.state == "posted"
    (remark,) = [remark for remark in delivery.remarks if remark["kind"] == "left_out"]
    assert (remark["code"], remark["label"]) == ("not_a_number", "Number of Employees")
    assert acme.records("companies")[0]["properties"].get("numberofemployees") is None


def test_a_value_hubspot_refuses_is_dropped_and_the_rest_is_posted(acme: Any) -> None:
    acme.map("companies", "no_such_property", f"question:{acme.question(Part.NAME).id}")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "posted"
    (remark,) = [remark for remark in delivery.remarks if remark["kind"] == "dropped"]
    assert (remark["property"], remark["code"]) == ("no_such_property", "PROPERTY_DOESNT_EXIST")
    assert len(acme.records("companies")) == 1


def test_hubspot_down_keeps_the_booking_and_posts_it_when_it_is_due(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("retrying", "hubspot_busy")
    assert delivery.next_attempt_at is not None
    assert run_due() == []  # not yet
    with time_machine.travel(delivery.next_attempt_at + timedelta(seconds=1), tick=True):
        assert run_due() == [(delivery.id, "posted")]
    assert len(acme.records("companies")) == len(acme.records("contacts")) == 1
    assert [attempt.outcome for attempt in read_delivery(delivery.id).attempts] == ["retrying", "posted"]


def test_a_company_create_whose_answer_was_lost_is_looked_for_before_it_is_tried_again(acme: Any) -> None:
    acme.fault(action="drop", when="after", method="POST", path="/companies", skip=1, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.company) == ("retrying", "answer_lost", "intent")
    assert delivery.next_attempt_at >= delivery.created_at + timedelta(seconds=60)
    acme.hubspot_recovers()
    other = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")  # nobody else creates it meanwhile
    assert (other.state, other.reason) == ("retrying", "company_busy")
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert dict(run_due()) == {delivery.id: "posted", other.id: "posted"}
    assert len(acme.records("companies")) == 1
    assert read_delivery(delivery.id).company == "created"


def test_a_remembered_company_that_is_gone_is_looked_up_again(acme: Any) -> None:
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    acme.delete("companies", first.company_id)
    second = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    assert (second.state, second.company) == ("posted", "created")
    assert second.company_id != first.company_id


def test_a_refused_company_does_not_hold_back_the_contact_and_retry_completes_it(acme: Any) -> None:
    acme.fault(action="status", status=403, method="POST", path="/companies", skip=1, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("partial", "refused", "created")
    again = retry(delivery.id)
    assert (again.state, again.company, again.association) == ("posted", "created", "made")
    (contact,) = acme.records("contacts")
    assert acme.companies_of(contact) == {again.company_id}


def test_a_company_without_the_domain_of_the_email_is_remarked(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRow).filter_by(property_name="domain").delete()
    remarks = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").remarks
    assert remarks == [{"kind": "hubspot_may_add_company", "domain": "acme.co.jp"}]
    assert acme.book("Kato Rei", "rei@gmail.com", "Acme").remarks == []


def test_why_the_company_was_refused_outlives_an_attempt_that_only_repeats_the_contact(acme: Any) -> None:
    acme.fault(action="status", status=403, method="POST", path="/companies", skip=1, times=1)
    acme.fault(action="status", status=503, method="POST", path="/contacts", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.company) == ("retrying", "refused")
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert run_due() == [(delivery.id, "partial")]
    ended = read_delivery(delivery.id)
    assert (ended.reason, [remark["kind"] for remark in ended.remarks]) == ("permission_missing", ["refused"])


def test_a_delivery_left_behind_by_a_killed_worker_is_taken_up_when_its_lease_ends(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        row = session.merge(delivery)
        row.state, row.lease_owner, row.lease_until = "sending", "gone", now() + timedelta(seconds=30)
        row.company = row.contact = row.company_id = row.contact_id = ""
    deliver(delivery.id, Deadline.after(5))
    assert read_delivery(delivery.id).state == "sending"
    end_read()
    with time_machine.travel(now() + timedelta(seconds=31), tick=True):
        deliver(delivery.id, Deadline.after(5))
    assert read_delivery(delivery.id).state == "posted"  # its contact is the one that the killed worker registered
    assert len(acme.records("contacts")) == 1


def test_nothing_is_posted_without_the_premium_plan(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Team).update({"plan": "basic"})
    calls = acme.calls_of(lambda: acme.book("Sato Mika", "mika@acme.co.jp", "Acme"))
    assert calls == []
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == ("skipped", "plan")


def test_a_disconnected_team_keeps_its_bookings_waiting(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "disconnected"})
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.attempts_used) == ("waiting", "not_connected", 0)


def test_a_calendar_without_hubspot_skips(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRow).delete()
        session.query(MappingRecord).delete()
    assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").reason == "not_added"


def test_an_email_hubspot_refuses_fails_the_contact_and_names_no_guest(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.con", "Acme")
    assert (delivery.state, delivery.company, delivery.contact) == ("partial", "created", "refused")
    assert all("mika" not in str(attempt.detail) for attempt in delivery.attempts)
