"""Erasures of guests: written down first, gone on with after a kill, and of the address only a hash stays."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.guest_erasures import ContactWish
from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.services.bookings import guest_erasures
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.services.operations.background_jobs import do_due_work
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.guest_erasures import GuestErasure
from hubsync.store.meetings import Meeting
from hubsync.store.people import Person
from hubsync.store.teams import AuditEntry
from tests.kit.held_calls import while_held
from tests.kit.meetings import meetings_at, switch_meetings_on

EMAIL = "mika@acme.co.jp"
DONE = "Erasures of guests that were finished: 1."


@pytest.fixture
def by(acme: Any) -> int:
    person_id: int = db.session.query(Person.id).scalar()
    end_read()
    return person_id


def kept() -> list[str]:
    found = [row.guest_email for row in db.session.query(BookingRecord.guest_email).order_by(BookingRecord.id)]
    end_read()
    return found


def receipt() -> GuestErasure:
    db.session.expire_all()
    found = db.session.query(GuestErasure).one()
    end_read()
    return found


def test_all_of_the_guest_is_erased_and_only_a_salted_hash_stays(acme: Any, by: int) -> None:
    for email in (EMAIL, EMAIL, "rei@acme.co.jp"):
        acme.book("Sato Mika", email, "Acme")
    erasure_id = guest_erasures.begin(" Mika@ACME.co.jp", acme.team_id, by=by)
    assert len(kept()) == 3, "written down before anything is erased"
    assert guest_erasures.carry_on(erasure_id)
    assert kept() == ["rei@acme.co.jp"]
    row = receipt()
    assert (row.bookings, row.email_sealed, row.finished_at is not None) == (2, "", True)
    assert row.email_hash == guest_erasures.hash_of(row.salt, EMAIL)
    again = guest_erasures.begin(EMAIL, acme.team_id, by=by)
    other = db.session.get_one(GuestErasure, again)
    assert other.email_hash != row.email_hash, "each receipt has a salt of its own"


def test_what_a_killed_process_left_is_finished_by_background_work_once(acme: Any, by: int) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    guest_erasures.begin(EMAIL, acme.team_id, by=by)  # and the process was killed
    assert DONE in list(do_due_work())
    assert kept() == []
    assert receipt().email_sealed == ""
    assert DONE not in list(do_due_work())
    entries = db.session.query(AuditEntry).filter_by(action="guest_erased").all()
    assert [(each.person_id, each.details) for each in entries] == [(by, {"number": 1})]


def test_a_booking_that_is_being_posted_is_erased_when_that_is_over(acme: Any, by: int) -> None:
    delivery_id = acme.book("Sato Mika", EMAIL, "Acme").id
    with write_transaction() as session:
        session.get_one(Delivery, delivery_id).state = "sending"  # type: ignore[assignment]
    erasure_id = guest_erasures.begin(EMAIL, acme.team_id, by=by)
    assert not guest_erasures.carry_on(erasure_id)
    assert receipt().finished_at is None
    with write_transaction() as session:
        session.get_one(Delivery, delivery_id).state = "posted"  # type: ignore[assignment]
    assert guest_erasures.carry_on_all(lambda: False) == 1
    assert kept() == []


def test_a_booking_whose_meeting_is_being_made_is_erased_when_that_is_over(acme: Any, by: int) -> None:
    delivery_id = acme.book("Sato Mika", EMAIL, "Acme").id
    switch_meetings_on(acme.calendar_id)
    with write_transaction() as session:
        session.add(Meeting(delivery_id=delivery_id, due_at=now()))
    erasure_id = guest_erasures.begin(EMAIL, acme.team_id, by=by, wish=ContactWish.ARCHIVED)
    acme.fault(action="delay", delay=0.0, hold=True, method="POST", path="/meetings", times=1)
    finished: list[bool] = []
    thread = while_held(acme, lambda: finished.append(guest_erasures.carry_on(erasure_id)))
    run_due_meetings()
    thread.join()
    assert (finished, len(meetings_at(acme.sandbox))) == ([False], 1)
    assert guest_erasures.carry_on_all(lambda: False) == 1
    assert (kept(), meetings_at(acme.sandbox)) == ([], [])


def test_one_whose_address_no_key_opens_keeps_no_other_one_from_its_end(acme: Any, by: int) -> None:
    acme.book("Sato Mika", EMAIL, "Acme")
    lost = guest_erasures.begin("lost@acme.co.jp", acme.team_id, by=by)
    with write_transaction() as session:
        session.get_one(GuestErasure, lost).email_sealed = "no key opens this"  # type: ignore[assignment]
    guest_erasures.begin(EMAIL, acme.team_id, by=by)
    assert guest_erasures.carry_on_all(lambda: False) == 1
    assert kept() == []
    assert guest_erasures.find_receipt(acme.team_id, lost).finished_at is None


def test_a_receipt_of_another_team_is_not_found(acme: Any, by: int) -> None:
    erasure_id = guest_erasures.begin(EMAIL, acme.team_id, by=by)
    with pytest.raises(NotFound):
        guest_erasures.find_receipt(acme.team_id + 1, erasure_id)
