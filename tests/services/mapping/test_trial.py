"""A test: one marked company and contact in HubSpot, and no trace of it in HubSync but the audit trail's."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import requests

from hubsync.domain.audit import AuditAction
from hubsync.domain.questions import Kind, Part
from hubsync.domain.samples import EXAMPLE, is_code, sample_answers
from hubsync.errors import AccessLost, NotConnected, Refused
from hubsync.services.mapping.trial import SentTest, draft_test, new_code, send_test
from hubsync.services.posting.draft import mapping_of, rows_of
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry

CREATE_COMPANY = "POST /crm/objects/2026-09/companies"
CREATE_CONTACT = "POST /crm/objects/2026-09/contacts"


def send(acme: Any, code: str) -> SentTest | None:
    calendar, by = acme.calendar(), db.session.query(Person.id).scalar()
    mapping = rows_of(mapping_of(calendar.id))
    return send_test(calendar, mapping, code, by)


def sent(acme: Any, code: str = "") -> SentTest:
    found = send(acme, code or new_code())
    assert found is not None
    return found


def test_one_company_and_one_contact_are_created_marked_and_associated(acme: Any) -> None:
    found = sent(acme, "a1b2c3d4")
    [company], [contact] = acme.records("companies"), acme.records("contacts")
    assert (company["id"], contact["id"]) == (found.company_id, found.contact_id)
    assert company["properties"]["name"] == "HubSync test a1b2c3d4"
    assert company["properties"]["domain"] == "test-a1b2c3d4.example.com"
    assert contact["properties"]["lastname"] == "HubSync test a1b2c3d4"
    assert contact["properties"]["email"] == "hubsync-test@test-a1b2c3d4.example.com"
    assert acme.companies_of(contact) == {company["id"]}
    assert found.associated
    assert found.faults == ()


def test_what_was_announced_is_exactly_what_is_created(acme: Any) -> None:
    acme.map("contacts", "jobtitle", "param:role")
    calendar = acme.calendar()
    draft = draft_test(calendar, rows_of(mapping_of(calendar.id)), "a1b2c3d4")
    sent(acme, "a1b2c3d4")
    for what, announced in (("companies", draft.company), ("contacts", draft.contact)):
        answer = requests.get(f"{acme.sandbox.url}/sandbox/api/records/{what}", timeout=60).json()
        [record] = answer["results"]
        assert announced is not None
        assert announced.items() <= record["properties"].items()
        assert "hubsync-test" not in {*record["properties"].values()} - {*announced.values()}


def test_a_test_is_no_booking_is_not_remembered_and_moves_no_clock(acme: Any) -> None:
    sent(acme)
    for table in (KnownCompany, Delivery, BookingRecord):
        assert db.session.query(table).count() == 0, table
    assert db.session.query(Connection.last_posted_at).scalar() is None


def test_the_audit_trail_tells_who_sent_it(acme: Any) -> None:
    sent(acme, "a1b2c3d4")
    [entry] = db.session.query(AuditEntry).all()
    assert (entry.action, entry.person_shown) == (AuditAction.TEST_SENT, "Mika Sato")
    assert entry.details == {"calendar": "Intro call", "calendar_id": acme.calendar_id, "mark": "a1b2c3d4"}


def test_two_tests_are_two_records_each(acme: Any) -> None:
    sent(acme)
    sent(acme)
    assert (len(acme.records("companies")), len(acme.records("contacts"))) == (2, 2)


def test_a_second_press_sends_nothing(acme: Any) -> None:
    sent(acme, "a1b2c3d4")
    assert acme.calls_of(lambda: send(acme, "a1b2c3d4")) == []
    assert send(acme, "a1b2c3d4") is None


def test_two_presses_at_one_instant_send_it_once(acme: Any) -> None:
    together, outcomes = threading.Barrier(2), []

    def press() -> None:
        with acme.app.app_context():
            together.wait()
            outcomes.append(send(acme, "a1b2c3d4"))
            db.session.remove()

    end_read()
    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each is None for each in outcomes) == [False, True]
    assert (len(acme.records("companies")), len(acme.records("contacts"))) == (1, 1)


def test_a_value_that_hubspot_does_not_take_is_dropped_and_named(acme: Any) -> None:
    number = acme.add_question("Employees", Kind.NUMBER)
    acme.map("companies", "industry", f"question:{number}")
    found = sent(acme)
    assert [(each["kind"], each["property"]) for each in found.remarks] == [("dropped", "industry")]
    assert found.company_id
    assert found.contact_id


def test_a_refused_company_leaves_the_contact_to_be_tested(acme: Any) -> None:
    acme.fault(action="status", status=403, path="/objects/2026-09/companies", times=1)
    found = sent(acme)
    assert found.company_fault is not None
    assert found.company_fault.code == "permission_missing"
    assert (found.company_id, found.associated) == ("", False)
    assert [contact["id"] for contact in acme.records("contacts")] == [found.contact_id]


def test_hubspot_down_ends_the_test_after_one_call(acme: Any) -> None:
    acme.fault(action="status", status=503, times=None)
    found: list[SentTest] = []
    calls = acme.calls_of(lambda: found.append(sent(acme)))
    assert calls == [CREATE_COMPANY]
    assert [fault.code for fault in found[0].faults] == ["answer_lost"]
    assert found[0].contact_untried


@pytest.mark.parametrize(("state", "error"), [("disconnected", NotConnected), ("lost", AccessLost)])
def test_without_access_nothing_is_noted_as_sent(acme: Any, state: str, error: type[Exception]) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": state})
    with pytest.raises(error):
        send(acme, new_code())
    assert db.session.query(AuditEntry).count() == 0


def test_a_mapping_that_makes_no_record_cannot_be_tested(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRow).filter(MappingRow.property_name.in_(("name", "domain", "email"))).delete()
    with pytest.raises(Refused):
        send(acme, new_code())


def test_with_one_section_off_one_record_is_created(acme: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"companies_on": False})
    found: list[SentTest] = []
    assert acme.calls_of(lambda: found.append(sent(acme))) == [CREATE_CONTACT]
    assert (found[0].company_id, found[0].associated) == ("", False)
    assert not found[0].contact_untried


def test_codes_are_codes_and_never_the_same() -> None:
    made = {new_code() for _ in range(50)}
    assert len(made) == 50
    assert all(map(is_code, made))
    assert not any(map(is_code, ("", "a1b2c3d", "a1b2c3d4e", "A1B2C3D4", "a1b2-3d4", "a1b2c3d²")))


def test_the_sample_guest_answers_every_kind(acme: Any) -> None:
    for kind in Kind:
        acme.add_question(kind.value, kind)
    answers = sample_answers(acme.calendar().asked(), EXAMPLE)
    assert answers[acme.question(Part.COMPANY).id] == "Acme Trading"
    assert len(answers) == len(acme.calendar().asked())
