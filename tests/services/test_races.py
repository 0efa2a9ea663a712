"""Fifty bookings of five companies at once, while HubSpot's search lags: from threads, and from processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet

from hubsync.services import now
from hubsync.services.completing import complete_source_booking
from hubsync.services.retrying import take_up_due
from hubsync.store import db, rest, writing
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from tests.services.booker import COMPANIES, booking_of

ROOT = Path(__file__).parent.parent.parent
BOOKINGS, THREADS, PROCESSES = 50, 10, 4
KEY = Fernet.generate_key().decode()
LAGS = [1, pytest.param(10, marks=pytest.mark.slow)]


@pytest.fixture
def given() -> dict[str, str]:
    return {"ENCRYPTION_KEYS": KEY}


@pytest.fixture
def busy(acme: Any, request: pytest.FixtureRequest) -> Any:
    """The team, whose mapped calendar a source fills; HubSpot's search lags by the parameter's seconds."""
    with writing() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = "signed_json", "demo"
    acme.settings(search_lag_seconds=request.param)
    return acme


def finish() -> None:
    """Do the due work, with the clock moved on, until nothing is due any more."""
    for minutes in range(0, 200, 10):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            with writing() as session:
                session.query(Connection).update({"pace_until": None})
            take_up_due()
            open_ones = db.session.query(Delivery).filter(Delivery.state.in_(("pending", "sending", "retrying")))
            left = open_ones.count()
            rest()
        if not left:
            return


def check(acme: Any) -> None:
    states = Counter(row.state for row in db.session.query(Delivery).populate_existing())
    rest()
    assert states == {"posted": BOOKINGS}
    by_domain = {each["properties"]["domain"]: each["id"] for each in acme.records("companies")}
    assert len(acme.records("companies")) == len(by_domain) == COMPANIES
    contacts = acme.records("contacts")
    assert len(contacts) == BOOKINGS
    for contact in contacts:
        domain = contact["properties"]["email"].partition("@")[2]
        assert acme.companies_of(contact) == {by_domain[domain]}


@pytest.mark.parametrize("busy", LAGS, indirect=True)
def test_from_ten_threads_they_make_five_companies_and_fifty_contacts(busy: Any) -> None:
    start = threading.Barrier(THREADS)

    def work(worker: int) -> None:
        with busy.app.app_context():
            start.wait()
            for number in range(worker, BOOKINGS, THREADS):
                complete_source_booking(busy.team_id, booking_of(number))

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
    settings = {
        "SECRET_KEY": "k" * 48,
        "ENCRYPTION_KEYS": KEY,
        "BASE_URL": "http://localhost:8000",
        "HUBSPOT_API_URL": busy.sandbox.url,
        "SQLALCHEMY_DATABASE_URI": busy.app.config["SQLALCHEMY_DATABASE_URI"],
        "SCHEDULER": "off",
    }
    told = {"settings": settings, "instance_path": busy.app.instance_path, "team_id": busy.team_id, "threads": 3}
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.services.booker",
                json.dumps({**told, "numbers": list(range(process, BOOKINGS, PROCESSES))}),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for process in range(PROCESSES)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in started:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        told_states = [line for process in started for line in process.communicate(timeout=100)[0].split()]
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert len(told_states) == BOOKINGS
    finish()
    check(busy)
