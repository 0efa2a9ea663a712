"""The owner of new records: by the calendar's rule, never of a record that is there, never in a booking's way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.domain.booking import Guest
from hubsync.domain.owners import OwnerChoice, OwnerProblem
from hubsync.domain.questions import Kind
from hubsync.errors import PermissionMissing
from hubsync.hubspot.oauth import OWNERS_READ, SCOPES
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.calendars.archive import archive_calendar
from hubsync.services.connection import owners
from hubsync.services.connection.disconnection import disconnect
from hubsync.services.connection.optional_scopes import note_scope, wanted_scopes
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.posting.owner import given_owners
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.owners import GivenOwner, KnownOwner, OwnerReading
from tests.kit.held_calls import let_workers_die, while_held
from tests.kit.meetings import LOST, meetings_at, read_kept, switch_meetings_on
from tests.kit.owners import HOST, change_scopes, give_owner, hubspot_user, owners_in
from tests.kit.source_bookings import source_booking
from tests.services.posting.test_company import make

LISTING = "GET /crm/owners/2026-09"
SEARCH = "POST /crm/objects/2026-09/companies/search"
COMPANY = "POST /crm/objects/2026-09/companies"
CONTACT = "POST /crm/objects/2026-09/contacts"


def said(delivery: Any) -> list[tuple[str, str]]:
    """The records that are said to have no owner, with the reason."""
    return [(each["section"], each["code"]) for each in delivery.remarks if each["kind"] == "no_owner"]


def both(problem: OwnerProblem) -> list[tuple[str, str]]:
    return [("companies", problem.value), ("contacts", problem.value)]


def book(acme: Any, name: str = "mika") -> Any:
    return acme.book("Sato Mika", f"{name}@{name}.co.jp", name)


def test_nobody_is_asked_for_and_nothing_written_out_of_the_box(acme: Any) -> None:
    assert acme.calls_of(lambda: book(acme)) == [SEARCH, COMPANY, CONTACT]
    assert (owners_in(acme, "companies"), owners_in(acme, "contacts")) == ([""], [""])
    assert db.session.query(GivenOwner).count() == db.session.query(OwnerReading).count() == 0


def test_new_records_belong_to_the_host_whose_address_is_compared_without_case(acme: Any) -> None:
    host = hubspot_user(acme, HOST.upper())
    give_owner(acme)
    assert acme.calls_of(lambda: book(acme)) == [SEARCH, LISTING, LISTING, COMPANY, CONTACT]
    assert (owners_in(acme, "companies"), owners_in(acme, "contacts")) == ([host], [host])
    assert acme.calls_of(lambda: book(acme, "rei")) == [SEARCH, COMPANY, CONTACT]  # read once
    assert owners_in(acme, "companies") == [host, host]
    assert {each.owner_name for each in given_owners(2).values()} == {HOST.upper()}, "this is what the page says"


def test_owners_that_another_process_forgot_are_read_anew(acme: Any) -> None:
    host = hubspot_user(acme)
    give_owner(acme)
    book(acme)
    known = db.session.query(OwnerReading).one()
    end_read()
    with db.engine.begin() as another:
        another.exec_driver_sql("DELETE FROM owner_readings")
        another.exec_driver_sql("DELETE FROM known_owners")
    assert LISTING in acme.calls_of(lambda: book(acme, "rei")), known
    assert owners_in(acme, "companies") == [host, host]


def test_an_owner_who_is_set_is_never_changed(acme: Any) -> None:
    hubspot_user(acme)
    other = hubspot_user(acme, "rei@acme.example")
    make(acme, "companies", name="mika", domain="mika.co.jp", hubspot_owner_id=other)
    make(acme, "contacts", email="mika@mika.co.jp", hubspot_owner_id=other)
    give_owner(acme)
    delivery = book(acme)
    assert (delivery.state, said(delivery)) == ("duplicate", [])
    assert (owners_in(acme, "companies"), owners_in(acme, "contacts")) == ([other], [other])


def test_a_booking_of_a_source_belongs_to_the_host_that_the_source_names(acme: Any) -> None:
    host = hubspot_user(acme, "rei@acme.example")
    with write_transaction() as session:
        session.query(Calendar).update({"source": "signed_json", "external_id": "demo"})
    give_owner(acme)
    told = replace(source_booking(), host="Rei", host_email="Rei@acme.example")
    assert said(complete(acme.team_id, told)) == []
    assert (owners_in(acme, "companies"), owners_in(acme, "contacts")) == ([host], [host])
    again = replace(told, external_id="b2", guest=Guest("Rei", "rei@else.co.jp", "Else"), host_email="")
    assert said(complete(acme.team_id, again)) == both(OwnerProblem.NO_HOST)


@pytest.mark.parametrize("problem", ["no_user", "several_users", "deactivated"])
def test_a_host_who_is_no_single_active_user_owns_nothing(acme: Any, problem: str) -> None:
    if problem == "several_users":
        hubspot_user(acme, HOST)
        hubspot_user(acme, HOST.upper())
    if problem == "deactivated":
        hubspot_user(acme, HOST, archived=True)
    hubspot_user(acme, HOST, kind="QUEUE")
    give_owner(acme)
    delivery = book(acme)
    assert (delivery.state, said(delivery)) == ("posted", both(OwnerProblem(problem)))
    assert (owners_in(acme, "companies"), owners_in(acme, "contacts")) == ([""], [""])


def test_who_finishes_for_a_worker_that_died_says_that_the_company_has_no_owner(acme: Any) -> None:
    give_owner(acme)
    acme.fault(action="delay", delay=0.0, hold=True, method="POST", path="/contacts", times=1)
    thread = while_held(acme, let_workers_die)
    delivery = book(acme)
    thread.join()
    run_due()
    ended = read_delivery(delivery.id)
    assert (ended.state, said(ended)) == ("posted", both(OwnerProblem.NO_USER))


@pytest.mark.parametrize(
    ("owner_id", "problem"),
    [("", OwnerProblem.NOT_CHOSEN), ("5", OwnerProblem.GONE), ("archived", OwnerProblem.DEACTIVATED)],
)
def test_a_fixed_owner_who_cannot_own_is_left_out(acme: Any, owner_id: str, problem: OwnerProblem) -> None:
    if owner_id == "archived":
        owner_id = hubspot_user(acme, "rei@acme.example", archived=True)
    give_owner(acme, OwnerChoice.FIXED, owner_id)
    assert said(book(acme)) == both(problem)
    give_owner(acme, OwnerChoice.FIXED, "71001")
    assert said(book(acme, "rei")) == []
    assert owners_in(acme, "companies") == ["", "71001"]


@pytest.mark.parametrize("fault", [{"status": 503}, {"action": "html"}, {"action": "drop"}, {"status": 429}])
def test_owners_that_cannot_be_read_hold_no_booking_back(acme: Any, fault: dict[str, Any]) -> None:
    hubspot_user(acme)
    give_owner(acme)
    acme.fault(**{"action": "status", "path": "owners", "times": None, **fault})
    delivery = book(acme)
    assert (delivery.state, said(delivery)) == ("posted", both(OwnerProblem.UNREAD))
    acme.hubspot_recovers()
    assert LISTING not in acme.calls_of(lambda: book(acme, "rei"))  # left alone for a while
    acme.sandbox.state.faults.clear()
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        acme.hubspot_recovers()
        assert said(book(acme, "ken")) == []


def test_without_the_permission_it_is_posted_without_and_said_once_elsewhere(acme: Any) -> None:
    hubspot_user(acme)
    give_owner(acme)
    with write_transaction() as session:
        session.query(Connection).one().scopes = ["crm.objects.contacts.read", OWNERS_READ]
    change_scopes(acme, take=[OWNERS_READ])
    delivery = book(acme)
    assert (delivery.state, said(delivery)) == ("posted", both(OwnerProblem.PERMISSION))
    (wanted,) = wanted_scopes(acme.team_id)
    assert (wanted.granted, wanted.calendars) == (False, ("Intro call",))
    connection = db.session.query(Connection).one()
    assert (connection.trouble_code, connection.state) == ("", "connected")
    end_read()
    assert acme.calls_of(lambda: book(acme, "rei")) == [SEARCH, COMPANY, CONTACT]  # nobody asks in vain


def test_an_owner_that_hubspot_refuses_is_left_out_and_looked_for_anew(acme: Any) -> None:
    host = hubspot_user(acme)
    give_owner(acme)
    book(acme)
    requested = acme.sandbox.state.owners.get(f"1234567:{host}")
    requested.archived = True
    acme.sandbox.state.owners.put(requested)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        delivery = book(acme, "rei")
        assert (delivery.state, said(delivery)) == ("posted", both(OwnerProblem.REFUSED))
        assert not [each for each in delivery.remarks if each["kind"] == "dropped"]
        assert said(book(acme, "ken")) == both(OwnerProblem.DEACTIVATED)
    assert owners_in(acme, "companies") == [host, "", ""]


def test_a_refusal_that_names_no_value_is_tried_once_without_the_owner(acme: Any) -> None:
    hubspot_user(acme)
    give_owner(acme)
    body = {"status": "error", "message": "Owner 5 is not allowed", "category": "VALIDATION_ERROR"}
    acme.fault(action="status", status=400, path="objects/2026-09/contacts", body=body)
    delivery = book(acme)
    assert (delivery.state, said(delivery)) == ("posted", [("contacts", "refused")])
    acme.fault(action="status", status=400, path="objects/2026-09/contacts", body=body, times=2)
    refused = book(acme, "rei")
    assert (refused.state, said(refused)) == ("partial", [])


def test_a_row_that_writes_the_owner_itself_goes_first(acme: Any) -> None:
    host = hubspot_user(acme)
    acme.map("contacts", "hubspot_owner_id", f"question:{acme.add_question('Whom', Kind.TEXT)}")
    give_owner(acme)
    whom = next(each.id for each in acme.calendar().questions if each.label == "Whom")
    delivery = acme.book("Sato Mika", "mika@mika.co.jp", "mika", answers={whom: "71001"})
    assert (delivery.state, said(delivery)) == ("posted", [])
    assert (owners_in(acme, "companies"), owners_in(acme, "contacts")) == ([host], ["71001"])


def test_a_company_whose_answer_was_lost_says_what_it_was_sent_with(acme: Any) -> None:
    host = hubspot_user(acme)
    give_owner(acme)
    acme.fault(action="drop", when="after", method="POST", path="objects/2026-09/companies", skip=1)
    delivery = book(acme)
    assert (delivery.state, owners_in(acme, "companies")) == ("retrying", [host])
    acme.fault(action="status", status=503, path="owners", times=None)
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        acme.hubspot_recovers()
        run_due()
        settled = read_delivery(delivery.id)
    # The company has the owner of then; the owners could not be read for the contact.
    assert (settled.state, said(settled)) == ("posted", [("contacts", "not_read")])
    assert owners_in(acme, "companies") == [host]


@pytest.mark.parametrize("is_refused", [False, True])
def test_the_owner_of_a_meeting_is_kept_where_company_and_contact_were_there(acme: Any, is_refused: bool) -> None:
    book(acme)
    host = hubspot_user(acme)
    give_owner(acme)
    switch_meetings_on(acme.calendar_id)
    if is_refused:
        refused = {"status": "error", "message": "No.", "category": "VALIDATION_ERROR"}
        acme.fault(action="status", status=400, method="POST", path="/meetings", body=refused, times=1)
    else:
        acme.fault(**LOST)
    delivery = acme.book("Sato Mika", "mika@mika.co.jp", "mika", form_id="again")
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        run_due()
    (meeting,) = meetings_at(acme.sandbox)
    kept, of_hubspot = read_kept(delivery.id), meeting["properties"].get("hubspot_owner_id", "")
    assert (kept.state, kept.owner_id, kept.owner_problem) == (
        ("created", "", OwnerProblem.REFUSED) if is_refused else ("created", host, None)
    )
    assert (of_hubspot, given_owners(delivery.id)) == (kept.owner_id, {})


def test_a_meeting_that_is_sent_anew_without_a_rule_is_not_said_to_have_the_owner_of_before(acme: Any) -> None:
    hubspot_user(acme)
    give_owner(acme)
    switch_meetings_on(acme.calendar_id)
    acme.fault(**{**LOST, "when": "before"})
    delivery = book(acme)
    give_owner(acme, OwnerChoice.NONE)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        run_due()
    (meeting,) = meetings_at(acme.sandbox)
    kept = read_kept(delivery.id)
    assert (kept.state, meeting["properties"].get("hubspot_owner_id", "")) == ("created", "")
    assert (kept.owner_id, kept.owner_name) == ("", "")


def test_an_owner_that_hubspot_refuses_for_a_meeting_is_looked_for_anew(acme: Any) -> None:
    host = hubspot_user(acme)
    give_owner(acme)
    book(acme)
    switch_meetings_on(acme.calendar_id)
    requested = acme.sandbox.state.owners.get(f"1234567:{host}")
    requested.archived = True
    acme.sandbox.state.owners.put(requested)
    with time_machine.travel(now() + timedelta(hours=1), tick=False):
        again = [
            acme.book("Sato Mika", "mika@mika.co.jp", "mika", form_id=each).id for each in ("again", "and again")
        ]
    assert [read_kept(each).owner_problem for each in again] == [OwnerProblem.REFUSED, OwnerProblem.DEACTIVATED]


def test_owners_are_forgotten_with_the_last_team_of_the_account(acme: Any) -> None:
    hubspot_user(acme)
    give_owner(acme)
    book(acme)
    assert db.session.query(KnownOwner).count() > 0
    end_read()
    disconnect(acme.team_id)
    assert db.session.query(KnownOwner).count() == db.session.query(OwnerReading).count() == 0


def test_a_permission_that_another_account_lacks_is_not_missing_in_this_one(acme: Any) -> None:
    def refuse(call: Any) -> Any:
        raise PermissionMissing("no such scope")

    with write_transaction() as session:
        session.query(Connection).one().scopes = [*SCOPES, OWNERS_READ]
    with pytest.raises(PermissionMissing):
        owners.read_and_keep(acme.team_id, "7654321", refuse, Deadline.after(1))
    assert db.session.query(Connection.scopes).scalar() == [*SCOPES, OWNERS_READ]
    assert db.session.query(OwnerReading).count() == 0


def test_what_hubspot_gave_stays_unknown_when_one_permission_shows(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).one().scopes = []
    note_scope(acme.team_id, OWNERS_READ, granted=True)
    assert db.session.query(Connection.scopes).scalar() == []


def test_an_archived_calendar_waits_for_no_permission(acme: Any) -> None:
    give_owner(acme)
    assert wanted_scopes(acme.team_id)
    archive_calendar(acme.calendar_id)
    assert wanted_scopes(acme.team_id) == ()
