"""Watch only: HubSpot is read, nothing is written, and each booking says what it would have done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests

from hubsync.domain.outcomes import Expected, Foretold, Outcome
from hubsync.domain.questions import Kind
from hubsync.domain.watched import Watched
from hubsync.errors import WatchOnly
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.connection import watch_only
from hubsync.services.connection.api_access import with_access
from hubsync.services.deliveries.dispatch import retake, retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.replays import count_missed, replay_these
from hubsync.services.deliveries.watched import count_to_be_posted, read_sums
from hubsync.services.mapping.trial import new_code, send_test
from hubsync.services.notices.open_failures import read_open_failures
from hubsync.services.posting.draft import mapping_of, rows_of
from hubsync.store import db, end_read, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import Meeting
from hubsync.store.watching import ForeseenRecord, WatchedDelivery
from tests.kit import rows
from tests.kit.held_calls import while_held
from tests.kit.meetings import meetings_at, switch_meetings_on
from tests.kit.replays import person_id, states, switch
from tests.kit.watching import live, seen, sums, watching, writes

__all__ = ["watching"]


def make_due() -> None:
    with write_transaction() as session:
        session.query(Delivery).update({"next_attempt_at": now()})
        session.query(Connection).update({"circuit_until": None, "unanswered": 0, "pace_until": None})


def test_a_booking_is_looked_up_and_nothing_of_it_is_written(watching: Any) -> None:
    calls = watching.calls_of(lambda: watching.book("Sato", "mika@acme.co.jp", "Acme"))
    assert [call.split("?")[0].split(" ")[0] for call in calls] == ["POST", "GET"]  # a search, and the contact
    assert writes(watching.sandbox) == []
    delivery = db.session.query(Delivery).one()
    assert (delivery.state, delivery.reason) == ("skipped", WatchOnly.code)
    assert (delivery.company, delivery.contact, delivery.hubspot_account_id) == ("", "", "")
    row = seen(delivery.id)
    assert (row.company, row.contact, row.associated) == (Expected.NEW, Expected.NEW, True)
    assert db.session.query(KnownCompany).count() == 0  # HubSpot has no such company
    assert db.session.query(Connection).one().last_posted_at is None  # reading does not keep access alive
    assert read_open_failures(watching.team_id).number == 0


def test_bookings_of_one_new_company_would_register_it_once(watching: Any) -> None:
    for number in range(10):
        watching.book("Sato", f"mika{number}@acme.co.jp", "Acme")
    watching.book("Sato", "Mika3@acme.co.jp", "ACME")  # the same guest once more
    assert sums(watching) == {
        Watched.BOOKINGS: 11,
        Watched.NEW_COMPANIES: 1,
        Watched.PRESENT_COMPANIES: 10,
        Watched.FORESEEN_COMPANIES: 10,
        Watched.NEW_CONTACTS: 10,
        Watched.PRESENT_CONTACTS: 1,
        Watched.FORESEEN_CONTACTS: 1,
        Watched.ASSOCIATED: 10,
    }
    live(watching)
    assert (len(watching.records("companies")), len(watching.records("contacts"))) == (1, 10)


def test_what_hubspot_has_is_named_by_its_id(watching: Any) -> None:
    live(watching)
    first = watching.book("Sato", "mika@acme.co.jp", "Acme")
    watch_only.switch_on(watching.team_id, person_id())
    row = seen(watching.book("Sato", "mika@acme.co.jp", "Acme").id)
    assert (row.company, row.company_id) == (Expected.DUPLICATE, first.company_id)
    assert (row.contact, row.contact_id, row.associated) == (Expected.DUPLICATE, first.contact_id, False)


def test_rows_that_would_be_left_out_are_counted_with_their_reason(watching: Any) -> None:
    question = watching.add_question("Employees", Kind.TEXT)
    watching.map("companies", "numberofemployees", f"question:{question}", "number")
    watching.book("Sato", "a@acme.co.jp", "Acme", answers={question: "many"})
    watching.book("Sato", "b@acme.co.jp", "Acme", answers={question: "12"})
    found = read_sums(watching.team_id, rows.ACCOUNT)
    assert found.omitted == [(("companies", "numberofemployees", "not_a_number"), 1)]
    assert (found.in_all[Watched.OMITTED], len(found.days)) == (1, 1)


def test_a_fault_of_reading_is_tried_again_and_lost_access_waits(watching: Any) -> None:
    watching.fault(action="status", status=503, path="/contacts", times=1)
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    assert states() == ["retrying"]
    make_due()
    run_due()
    assert states() == ["skipped"]
    switch("lost")
    watching.book("Abe", "abe@acme.co.jp", "Acme")
    switch("connected")
    assert states() == ["skipped", "waiting"]


def test_an_address_that_is_certain_to_be_refused_is_no_new_contact_and_is_refused_when_live(
    watching: Any,
) -> None:
    texts = {"ken@acme.example": Foretold.RESERVED_DOMAIN, "ken at acme": Foretold.NO_ADDRESS}
    told = [seen(watching.book("Abe", text, "Acme").id) for text in texts]
    assert [(row.contact, row.contact_code) for row in told] == [
        (Expected.REFUSED, code) for code in texts.values()
    ]
    assert not any(row.associated for row in told)
    found = sums(watching)
    assert (found[Watched.REFUSED], Watched.NEW_CONTACTS in found) == (2, False)
    seen(watching.book("Abe", "ken@example.com", "Acme").id)
    assert sums(watching)[Watched.NEW_CONTACTS] == 1, "HubSpot takes what only looks like an example"
    live(watching)
    kept = db.session.query(Delivery.contact).order_by(Delivery.id)
    assert [contact for (contact,) in kept] == [Outcome.REFUSED, Outcome.REFUSED, Outcome.CREATED]


def test_a_permission_that_is_missing_leaves_the_question_open(watching: Any) -> None:
    watching.fault(
        action="status", status=403, path="/companies/search", body={"category": "MISSING_SCOPES", "message": "m"}
    )
    row = seen(watching.book("Sato", "mika@acme.co.jp", "Acme").id)
    assert (row.company, row.company_code, row.contact) == (Expected.UNKNOWN, "permission_missing", Expected.NEW)
    assert sums(watching)[Watched.UNKNOWN] == 1


def test_retry_does_nothing_while_the_team_watches_only(watching: Any) -> None:
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    delivery_id = db.session.query(Delivery.id).scalar()
    assert watching.calls_of(lambda: retry(delivery_id)) == []
    assert replay_these(watching.team_id, person_id(), [delivery_id]) is None
    assert (states(), sums(watching)[Watched.BOOKINGS]) == (["skipped"], 1)
    live(watching, post_watched=False)
    assert retry(delivery_id).state == "posted"
    assert sums(watching) == {}


def test_what_was_begun_before_waits_and_is_finished_when_the_team_goes_live(acme: Any) -> None:
    acme.fault(action="status", status=503, path="/contacts", times=1)
    acme.book("Sato", "mika@acme.co.jp", "Acme")
    watch_only.switch_on(acme.team_id, person_id())
    make_due()
    acme.calls_of(run_due)
    waiting = db.session.query(Delivery).one()
    assert (waiting.state, waiting.reason, waiting.company) == ("waiting", WatchOnly.code, Outcome.CREATED)
    assert (writes(acme.sandbox), count_missed(acme.team_id)) == ([], 0)
    assert read_open_failures(acme.team_id).number == 0
    assert retry(waiting.id).state == "waiting"
    live(acme, post_watched=False)
    assert states() == ["posted"]
    [contact] = acme.records("contacts")
    assert len(acme.companies_of(contact)) == len(acme.records("companies")) == 1


def test_switched_on_in_the_middle_of_an_attempt_nothing_more_is_written(acme: Any) -> None:
    acme.fault(action="delay", hold=True, path="/companies/search", times=1)
    switching = while_held(acme, lambda: watch_only.switch_on(acme.team_id, person_id()))
    acme.calls_of(lambda: acme.book("Sato", "mika@acme.co.jp", "Acme"))
    switching.join()
    assert (writes(acme.sandbox), acme.records("companies")) == ([], [])
    run_due()
    db.session.expire_all()
    assert (states(), sums(acme)[Watched.NEW_COMPANIES]) == (["skipped"], 1)


def test_no_call_that_writes_is_let_through(watching: Any) -> None:
    deadline = Deadline.after(5)
    for call in (
        lambda client: client.associate("1", "2", deadline),
        lambda client: client.archive_record("contacts", "1", deadline),
        lambda client: client.create_company({"name": "Acme"}, deadline),
    ):
        with pytest.raises(WatchOnly):
            with_access(watching.team_id, deadline, call)
    assert writes(watching.sandbox) == []


def test_a_test_of_the_mapping_is_refused(watching: Any) -> None:
    mapping = rows_of(mapping_of(watching.calendar_id))
    with pytest.raises(WatchOnly):
        send_test(watching.calendar(), mapping, new_code(), person_id())
    assert watching.records("companies") == []


def test_a_worker_that_died_while_it_watched_has_sent_nothing(watching: Any) -> None:
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    gone = {"state": "sending", "lease_owner": "dead", "lease_until": now() - timedelta(minutes=5)}
    with write_transaction() as session:
        session.query(WatchedDelivery).delete()
        session.query(ForeseenRecord).delete()
        session.query(Delivery).update(gone)
    run_due()
    db.session.expire_all()
    assert (states(), sums(watching)[Watched.NEW_CONTACTS]) == (["skipped"], 1)
    live(watching)
    assert db.session.query(Delivery).one().contact == Outcome.CREATED


def test_an_attempt_that_posts_what_was_watched_no_longer_says_that_it_only_watches(watching: Any) -> None:
    delivery_id = watching.book("Sato", "mika@acme.co.jp").id
    watch_only.switch_off(watching.team_id, person_id(), rows.ACCOUNT)
    attempt = retake(delivery_id, "asked")
    assert attempt is not None
    db.session.expire_all()
    taken = db.session.query(Delivery).one()
    assert (taken.state, taken.reason) == ("sending", "")  # whoever finds its lease over does not think it safe


def test_a_paused_calendar_and_a_missing_plan_come_first(watching: Any) -> None:
    with write_transaction() as session:
        session.query(MappingRecord).update({"active": False})
    assert watching.book("Sato", "mika@acme.co.jp", "Acme").reason == "paused"
    assert sums(watching) == {}


def test_an_erased_guest_takes_what_was_watched_along(watching: Any) -> None:
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    erase_guest("mika@acme.co.jp", watching.team_id)
    assert sums(watching) == {}
    assert db.session.query(ForeseenRecord).count() == 0


def test_what_was_watched_belongs_to_its_account(watching: Any) -> None:
    watching.book("Sato", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Connection).update({"hubspot_account_id": "7654321"})
    assert read_sums(watching.team_id, "7654321").in_all[Watched.BOOKINGS] == 0
    assert count_to_be_posted(watching.team_id, "7654321") == 0
    end_read()
    watch_only.switch_off(watching.team_id, person_id(), "7654321")
    work_on_replays()
    assert states() == ["skipped"]


def test_what_further_steps_would_do_is_told_and_not_done(acme: Any) -> None:
    question = acme.add_question("Employees", Kind.TEXT)
    acme.book("Sato", "mika@acme.co.jp", "Acme", answers={question: "12"})
    acme.map("companies", "numberofemployees", f"question:{question}", "number", when_exists="fill")
    switch_meetings_on(acme.calendar_id)
    watch_only.switch_on(acme.team_id, person_id())
    requests.delete(f"{acme.sandbox.url}/sandbox/api/calls", timeout=60).raise_for_status()
    row = seen(acme.book("Sato", "mika@acme.co.jp", "Acme", answers={question: "12"}).id)
    assert (row.filled, row.meeting, writes(acme.sandbox)) == (1, True, [])
    assert (sums(acme)[Watched.FILLED], sums(acme)[Watched.MEETINGS]) == (1, 1)
    again = seen(acme.book("Abe", "abe@acme.co.jp", "Acme", answers={question: "12"}).id)
    assert (again.filled, sums(acme)[Watched.FILLED]) == (0, 1), "it is filled by then"
    assert db.session.query(Meeting).count() == 0
    live(acme)
    assert len(meetings_at(acme.sandbox)) == 2
    assert [each["properties"]["numberofemployees"] for each in acme.records("companies")] == ["12"]
