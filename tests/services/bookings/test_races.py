"""Fifty bookings of five companies at once, while HubSpot's search lags: from threads, and from processes."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from tests.kit.booking_process import COMPANIES, booking_of
from tests.kit.workers import task_of, worker_processes

BOOKINGS, THREADS, PROCESSES = 50, 10, 4
LAGS = [1, pytest.param(10, marks=pytest.mark.slow)]


@pytest.fixture
def busy(acme: Any, request: pytest.FixtureRequest) -> Any:
    """The team, whose mapped calendar a source fills; HubSpot's search lags by the parameter's seconds."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "demo"
    acme.settings(search_lag_seconds=request.param)
    return acme


def finish() -> None:
    """Do the due work, with the clock moved on, until nothing is due any more."""
    for minutes in range(0, 200, 10):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            with write_transaction() as session:
                session.query(Connection).update({"pace_until": None})
            run_due()
            open_ones = db.session.query(Delivery).filter(Delivery.state.in_(("pending", "sending", "retrying")))
            left = open_ones.count()
            end_read()
        if not left:
            return


def check(acme: Any) -> None:
    states = Counter(row.state for row in db.session.query(Delivery).populate_existing())
    end_read()
    assert states == {"posted": BOOKINGS}
    by_domain = {each["properties"]["domain"]: each["id"] for each in acme.records("companies")}
    assert len(acme.records("companies")) == len(by_domain) == COMPANIES
    check_questions(acme)
    contacts = acme.records("contacts")
    assert len(contacts) == BOOKINGS
    for contact in contacts:
        domain = contact["properties"]["email"].partition("@")[2]
        assert acme.companies_of(contact) == {by_domain[domain]}


def check_questions(acme: Any) -> None:
    """Both answers of one label went to two questions, and no worker made one of its own."""
    asked = {row.label: str(row.id) for row in acme.calendar().questions if row.part is None}
    assert sorted(asked) == ["Phone", "Phone (2)"]
    for record in db.session.query(BookingRecord):
        number = record.external_id.removeprefix("b")
        given = [record.answers[asked[label]] for label in ("Phone", "Phone (2)")]
        assert given == [f"1-{number}", f"2-{number}"]
    end_read()


@pytest.mark.parametrize("busy", LAGS, indirect=True)
def test_from_ten_threads_they_make_five_companies_and_fifty_contacts(busy: Any) -> None:
    start = threading.Barrier(THREADS)

    def work(worker: int) -> None:
        with busy.app.app_context():
            start.wait()
            for number in range(worker, BOOKINGS, THREADS):
                complete(busy.team_id, booking_of(number))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish()
    check(busy)


@pytest.mark.slow
@pytest.mark.parametrize("busy", [10], indirect=True)
def test_from_four_processes_they_make_five_companies_and_fifty_contacts(busy: Any) -> None:
    tasks = [
        task_of(busy, threads=3, numbers=list(range(process, BOOKINGS, PROCESSES))) for process in range(PROCESSES)
    ]
    with worker_processes("tests.kit.booking_process", tasks) as processes:
        for process in processes:
            process.go()
        told_states = [line for process in processes for line in process.lines()]
    assert len(told_states) == BOOKINGS
    finish()
    check(busy)
