"""A stored booking is confirmed and carried on, whatever goes wrong on the way."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from hubsync.domain.booking import GivenAnswer
from hubsync.domain.questions import Kind, Part
from hubsync.errors import BookingNotKept
from hubsync.services import now, tools
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRow
from tests.kit.source_bookings import source_booking


def break_the_calendar(acme: Any, zone: str) -> None:
    acme.map("companies", "description", "fact:start")
    with write_transaction() as session:
        session.get_one(Calendar, acme.calendar_id).time_zone = zone


def test_a_mistake_of_ours_is_the_deliverys_trouble_and_not_the_guests(acme: Any) -> None:
    break_the_calendar(acme, "Not/AZone")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason, delivery.attempts_used) == ("retrying", "error", 1)
    [attempt] = delivery.attempts
    assert attempt.detail == {"code": "mistake", "mistake": "ZoneInfoNotFoundError"}
    with write_transaction() as session:
        session.get_one(Calendar, acme.calendar_id).time_zone = "Asia/Tokyo"
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert run_due() == [(delivery.id, "posted")]


def test_a_mistake_of_ours_ends_when_the_attempts_are_used_up(acme: Any) -> None:
    break_the_calendar(acme, "Not/AZone")
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Delivery).update({"attempts_used": 11, "next_attempt_at": now()})
    assert run_due() == [(delivery.id, "failed")]


def test_one_delivery_that_cannot_be_carried_does_not_stop_those_behind_it(acme: Any) -> None:
    acme.fault(action="status", status=503, times=1)
    first = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    second = acme.book("Kato Rei", "rei@other.co.jp", "Other")
    with write_transaction() as session:
        session.get_one(BookingRecord, first.booking_id).answers = {"x": 1, str(acme.question(Part.EMAIL).id): 7}
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert dict(run_due()) == {first.id: "retrying", second.id: "posted"}


def test_a_mistake_of_ours_tells_the_log_no_answer(acme: Any, caplog: pytest.LogCaptureFixture) -> None:
    with write_transaction() as session:
        session.query(MappingRow).filter_by(property_name="email").update({"information": "mika@acme.co.jp"})
    with caplog.at_level(logging.DEBUG):
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "retrying"
    assert "Refused" in caplog.text
    assert "acme.co.jp" not in caplog.text


@pytest.mark.slow
def test_a_database_that_is_locked_in_mid_delivery_loses_and_doubles_nothing(acme: Any) -> None:
    acme.fault(action="delay", delay=1, path="/contacts", times=1)
    held = threading.Event()

    def hold() -> None:
        with acme.app.app_context(), db.engine.connect() as connection:
            while not acme_sent_the_company(acme):
                time.sleep(0.02)
            connection.execution_options(sqlite_begin="IMMEDIATE")
            connection.execute(text("SELECT 1"))
            held.set()
            time.sleep(7)
            connection.rollback()

    holder = threading.Thread(target=hold)
    holder.start()
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    holder.join()
    assert held.is_set()
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        run_due()
    end_read()
    ended = read_delivery(delivery.id)
    assert ended.state in ("posted", "duplicate")
    assert len(acme.records("companies")) == len(acme.records("contacts")) == 1


def acme_sent_the_company(acme: Any) -> bool:
    with acme.app.app_context():
        company = db.session.query(Delivery.company).scalar()
        end_read()
        return company == "created"


def test_a_new_company_costs_three_commits_booking_included(acme: Any) -> None:
    commits: list[int] = []

    def count(connection: Any) -> None:
        if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
            commits.append(1)

    event.listen(db.engine, "commit", count)
    try:
        assert acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "posted"
    finally:
        event.remove(db.engine, "commit", count)
    assert len(commits) == 3


def test_a_booking_that_is_not_kept_holds_no_room_for_calls(acme: Any) -> None:
    def refuse(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if statement.startswith("INSERT INTO deliveries"):
            raise OperationalError(statement, None, Exception("disk full"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        with pytest.raises(BookingNotKept):
            acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)
    made, _limit = tools().call_reservations.own_usage("1234567")
    assert [each for each in made if each.moment > time.time()] == []


def test_a_sources_new_calendar_keeps_its_bookings_waiting(acme: Any) -> None:
    delivery = complete(acme.team_id, source_booking())
    assert (delivery.state, delivery.reason, delivery.attempts_used) == ("waiting", "not_added", 0)
    calendar = delivery.booking.calendar
    assert (calendar.name, calendar.source, calendar.duration_minutes) == ("Demo", "signed_json", 45)
    assert [question.label for question in calendar.asked()] == ["Company Name", "Name", "Email", "Comment"]


def test_the_same_booking_of_a_source_at_one_instant_is_kept_once(acme: Any) -> None:
    found: list[int] = []

    def send() -> None:
        with acme.app.app_context():
            found.append(complete(acme.team_id, source_booking()).id)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert db.session.query(Calendar).filter_by(source="signed_json").count() == 1


def test_new_questions_of_a_source_are_made_once_and_by_their_answers_kind(acme: Any) -> None:
    answers = (GivenAnswer("Agree", True), GivenAnswer("Topics", ("A", "B")), GivenAnswer("Ｎote", "x"))
    complete(acme.team_id, source_booking("b1", answers))
    complete(acme.team_id, source_booking("b2", (GivenAnswer(" note ", "y"), *answers[:2])))
    rows = (
        db.session.query(QuestionRow).filter(QuestionRow.label.in_(("Agree", "Topics", "Ｎote", " note "))).all()
    )
    kinds = {row.label: row.kind for row in rows}
    assert kinds == {"Agree": Kind.CHECK_BOX, "Topics": Kind.SEVERAL_CHOICES, "Ｎote": Kind.TEXT}


def test_an_empty_answer_does_not_take_the_guests_address_away(acme: Any) -> None:
    answers = (GivenAnswer("Email", ""), GivenAnswer("Name", None), GivenAnswer("Company Name", "Other"))
    delivery = complete(acme.team_id, source_booking("b1", answers))
    by_label = {question.label: question.id for question in delivery.booking.calendar.asked()}
    kept = delivery.booking.answers
    assert kept[str(by_label["Email"])] == "mika@acme.co.jp"
    assert kept[str(by_label["Name"])] == "Sato Mika"
    assert kept[str(by_label["Company Name"])] == "Other"


def test_taking_up_due_work_ends_when_it_is_told_to(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).update({"state": "disconnected"})
    for number in range(3):
        acme.book("Sato Mika", f"guest{number}@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Delivery).update({"state": "pending"})
    told = iter([False, True])
    assert len(run_due(lambda: next(told))) == 1


def test_a_statement_that_fails_does_not_repeat_its_values(acme: Any) -> None:
    with pytest.raises(SQLAlchemyError) as fault:
        db.session.execute(text("INSERT INTO nowhere VALUES (:email)"), {"email": "mika@acme.co.jp"})
    assert "mika" not in str(fault.value)
