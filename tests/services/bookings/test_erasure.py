"""What is kept of guests is erased when it is old enough or when one of them asks, and nothing is posted again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from hubsync.domain.audit import AuditAction
from hubsync.domain.booking import BookingEvent, GivenAnswer
from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import BookingErased
from hubsync.services import now
from hubsync.services.bookings import erasure, guest_erasures
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries import dispatch, transitions
from hubsync.services.deliveries.statistics import count_recent
from hubsync.services.teams.audit import read_trail
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.companies import KnownCompany
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.erased import ErasedBooking
from hubsync.store.people import Person
from tests.kit import rows
from tests.kit.source_bookings import source_booking
from tests.kit.stored_bytes import everything_stored


@pytest.fixture
def given() -> dict[str, str]:
    return {"RETENTION_DAYS": "30"}


def left() -> list[str]:
    found = [row.guest_email for row in db.session.query(BookingRecord.guest_email).order_by(BookingRecord.id)]
    end_read()
    return found


def test_what_is_older_than_the_retention_is_erased_and_nothing_younger(acme: Any) -> None:
    acme.book("Sato Mika", "old@acme.co.jp", "Acme")
    with time_machine.travel(now() + timedelta(days=20), tick=True):
        acme.book("Kato Rei", "young@acme.co.jp", "Acme")
        assert erasure.erase_old() == 0
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert erasure.erase_old() == 1
        assert left() == ["young@acme.co.jp"]
        assert db.session.query(Delivery).count() == db.session.query(Attempt).count() == 1


def test_an_appointment_is_kept_until_it_is_over_unless_it_was_cancelled(acme: Any) -> None:
    begins = now() + timedelta(days=40)
    for email in ("kept@acme.co.jp", "cancelled@acme.co.jp"):
        acme.book("Sato Mika", email, "Acme")
    host = db.session.query(Person.id).scalar()
    end_read()
    with write_transaction() as session:
        times = {"host_id": host, "starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        session.query(BookingRecord).update(times)
        session.query(BookingRecord).filter_by(guest_email="cancelled@acme.co.jp").update({"cancelled_at": now()})
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        erasure.erase_old()
        assert left() == ["kept@acme.co.jp"]
    with time_machine.travel(now() + timedelta(days=41), tick=True):
        assert erasure.erase_old() == 1


def test_what_still_needs_somebody_is_kept_until_it_is_posted_or_dismissed(acme: Any) -> None:
    acme.fault(action="status", status=403, times=1)
    failed_id = acme.book("Sato Mika", "old@acme.co.jp", "Acme").id
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert erasure.erase_old() == 0
        end_read()
        person = db.session.query(Person.id).scalar()
        end_read()
        with write_transaction() as session:
            transitions.dismiss(session, [session.get_one(Delivery, failed_id)], person)
        assert erasure.erase_old() == 0  # or nobody could undo it
    with time_machine.travel(now() + timedelta(days=37), tick=True):
        assert erasure.erase_old() == 0
    with time_machine.travel(now() + timedelta(days=39), tick=True):
        assert erasure.erase_old() == 1


def test_an_old_booking_that_was_posted_at_last_is_still_there_for_whoever_pressed_retry(acme: Any) -> None:
    acme.fault(action="status", status=403, times=1)
    failed_id = acme.book("Sato Mika", "old@acme.co.jp", "Acme").id
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert dispatch.retry(failed_id).state == "posted"
        assert erasure.erase_old() == 0
    with time_machine.travel(now() + timedelta(days=39), tick=True):
        assert erasure.erase_old() == 1


def test_nothing_of_the_guest_is_left_in_the_database(acme: Any, app: Flask) -> None:
    acme.book("Zebediah Quixworth", "zebediah@acme.co.jp", "Quixworth Holdings")
    assert erasure.erase_guest("Zebediah@ACME.co.jp", acme.team_id) == (1, 0)
    content = everything_stored(app)
    assert b"posted" in content
    assert b"ebediah" not in content


def test_nothing_of_what_happened_to_a_booking_is_left_either(acme: Any, app: Flask) -> None:
    told = replace(source_booking("b1"), answers=(GivenAnswer("Topic", "Price"),))
    complete(acme.team_id, told)
    new_time = told.starts_at + timedelta(days=1)
    changed = {"event": BookingEvent.MOVED, "replaces": "b1", "external_id": "b2", "starts_at": new_time}
    answers = (GivenAnswer("Topic", "Quixworthian support"),)
    complete(acme.team_id, replace(told, **changed, answers=answers, reason="Zebediah is ill", location="Zebroom"))
    assert db.session.query(BookingHistory).one().differing == [{"label": "Topic", "value": answers[0].value}]
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id) == (1, 0)
    assert db.session.query(BookingHistory).count() == db.session.query(BookingName).count() == 0
    assert db.session.query(ErasedBooking).count() == 2
    content = everything_stored(app)
    assert b"Topic" in content
    assert not [word for word in (b"uixworth", b"ebediah", b"Zebroom") if word in content]


def test_the_numbers_of_the_days_stay(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    erasure.erase_guest("mika@acme.co.jp", acme.team_id)
    assert count_recent(acme.team_id).by_state == {"posted": 1}


def test_a_booking_that_its_source_sends_again_is_not_posted_again(acme: Any) -> None:
    first = complete(acme.team_id, source_booking("b1"))
    assert erasure.erase_guest(first.search_email, acme.team_id)[0] == 1
    made: list[Any] = []

    def send_again() -> None:
        with pytest.raises(BookingErased) as raised:
            complete(acme.team_id, source_booking("b1"))
        made.append(raised.value)

    assert acme.calls_of(send_again) == []
    assert (made[0].delivery_id, made[0].state) == (first.id, first.state)
    assert left() == []


def test_only_the_team_that_asks_erases_and_it_is_written_down_without_the_address(acme: Any) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    person = db.session.query(Person.id).scalar()
    end_read()
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id + 1, person) == (0, 0)
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id, person) == (1, 0)
    entry = next(each for each in read_trail(acme.team_id, 10) if each.action == AuditAction.GUEST_ERASED)
    assert entry.details == {"number": 1}


def test_what_is_being_posted_is_left_and_said(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.get_one(Delivery, delivery.id).state = "sending"
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id) == (0, 1)


@pytest.mark.sqlite("reads the plan of a query")
@pytest.mark.parametrize("of_one_team", [True, False])
def test_a_guest_is_found_by_an_index_and_not_in_the_whole_table(acme: Any, of_one_team: bool) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(db.engine, "before_cursor_execute", note := lambda *facts: asked.append(facts[2:4]))
    if of_one_team:
        erasure.erase_guest("mika@acme.co.jp", acme.team_id)
    else:
        guest_erasures.teams_of_guest("mika@acme.co.jp")
    event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            for statement, values in asked
            if "FROM deliveries" in statement
        ]
    read = [row.detail for plan in plans for row in plan if " deliveries " in row.detail]
    assert len(read) == (2 if of_one_team else 1)
    assert all("ix_deliveries_team_email (team_id=? AND search_email=?" in detail for detail in read), read


@pytest.mark.parametrize("email", ["", " ", "\u3000"])
def test_no_address_is_no_guest_though_bookings_have_none(acme: Any, email: str) -> None:
    acme.book("Sato Mika", "", "Acme")
    assert (erasure.count_guest(email), erasure.erase_guest(email, acme.team_id), len(left())) == (0, (0, 0), 1)


def test_more_than_a_batch_is_erased(acme: Any) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        booking = session.get_one(BookingRecord, delivery.booking_id)
        for number in range(erasure.BATCH + 5):
            copied = rows.add_booking(
                session,
                booking.team_id,
                booking.calendar_id,
                external_id=f"copy {number}",
                guest_email=booking.guest_email,
                created_at=now(),
            )
            rows.add_delivery(session, copied, "pending", search_email=booking.guest_email)
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id) == (erasure.BATCH + 6, 0)


@pytest.mark.parametrize(
    "left",
    [{}, {"company_id": "", "known_at": None, "claim_owner": "dead", "claim_until": True}],
    ids=["known", "claimed by a worker that died"],
)
def test_companies_are_known_for_as_long_as_bookings_are_kept(acme: Any, left: dict[str, Any]) -> None:
    acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        values = {name: now() if value is True else value for name, value in left.items()}
        if values:
            session.query(KnownCompany).update(values)
    for days, kept in ((29, 2), (32, 0)):
        with time_machine.travel(now() + timedelta(days=days), tick=True):
            erasure.erase_old()
            assert db.session.query(KnownCompany).count() == kept
            end_read()


class TestWithoutRetention:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {}

    def test_nothing_is_erased_for_its_age(self, acme: Any) -> None:
        acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        with time_machine.travel(now() + timedelta(days=4000), tick=True):
            assert erasure.erase_old() == 0
        assert db.session.query(KnownCompany).count() == 2


class TestWithAShortRetention:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"RETENTION_DAYS": "2"}

    def test_nothing_is_kept_for_longer(self, acme: Any) -> None:
        acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
        with write_transaction() as session:
            session.query(BookingRecord).update({"ends_at": now()})
        with time_machine.travel(now() + timedelta(days=2, minutes=1), tick=True):
            assert erasure.erase_old() == 1


def test_a_booking_of_an_id_that_was_erased_at_the_instant_it_came_is_erased_as_well(acme: Any) -> None:
    booking = source_booking()
    complete(acme.team_id, booking)
    with write_transaction() as session:
        session.add(
            ErasedBooking(
                team_id=acme.team_id,
                source=booking.source,
                external_hash=fingerprint(booking.external_id),
                delivery_id=0,
                state="posted",
                erased_at=now(),
            )
        )
    assert erasure.erase_guest(booking.guest.email, acme.team_id) == (1, 0)
    assert db.session.query(BookingRecord).count() == 0
