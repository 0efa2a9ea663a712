"""What breaks on HubSync's own machine: the second table of docs/OPERATING.md."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from hubsync.errors import BookingNotKept
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.statistics import count_recent
from hubsync.services.operations.health import database_answers
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Attempt, Delivery
from tests.kit.source_bookings import source_booking
from tests.services.faults.test_hubspot import GUIDE

PROVEN_BY = {
    "database-locked": "services/faults/test_own_machine.py: test_a_locked_database_asks",
    "disk-full": "services/faults/test_own_machine.py: test_a_full_disk_asks",
    "mail-refused": "services/notices/test_notices_mail_faults.py: test_a_mail_that_is_refused_does_not_count",
    "mail-silent": "test_mail.py: test_a_silent_server_is_given_up_in_time",
    "clock-back": "services/faults/test_own_machine.py: test_a_clock_that_jumps_posts_nothing_twice",
    "clock-forward": "services/faults/test_own_machine.py: test_a_clock_that_jumps_posts_nothing_twice",
}


def test_every_row_of_the_guide_has_its_test() -> None:
    section = GUIDE.read_text().split("## HubSync's own machine\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([^`]+)`", section, re.MULTILINE) == list(PROVEN_BY)
    for place in PROVEN_BY.values():
        file, test = place.split(": ")
        assert f"def {test}" in (Path(__file__).parents[2] / file).read_text(), place


@pytest.mark.sqlite("one writer locks the whole file")
@pytest.mark.slow
def test_a_locked_database_asks_for_the_booking_again_and_keeps_nothing_by_halves(acme: Any, app: Flask) -> None:
    with closing(sqlite3.connect(Path(app.instance_path) / "hubsync.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BookingNotKept):
            complete(acme.team_id, source_booking("b1"))
        other.execute("ROLLBACK")
    assert db.session.query(BookingRecord).count() == db.session.query(Delivery).count() == 0
    end_read()
    assert complete(acme.team_id, source_booking("b1")).id == 1


@pytest.mark.sqlite("a pragma makes the disk full")
def test_a_full_disk_asks_for_the_booking_again_and_needs_no_restart(acme: Any) -> None:
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")

    def fill(dbapi: Any, record: Any) -> None:
        pages = dbapi.execute("PRAGMA page_count").fetchone()[0]
        dbapi.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(db.engine, "connect", fill)
    db.session.remove()
    db.engine.dispose()
    kept = 0
    try:
        for number in range(200):
            complete(acme.team_id, source_booking(f"b{number}"))
            kept += 1
        pytest.fail("the disk was never full")
    except BookingNotKept:
        pass
    assert db.session.query(BookingRecord).count() == kept + 1
    assert count_recent(acme.team_id).by_day[-1] == kept + 1  # what is there can be read
    assert database_answers()
    event.remove(db.engine, "connect", fill)
    db.session.remove()
    db.engine.dispose()
    again = complete(acme.team_id, source_booking("again"))
    assert db.session.get_one(BookingRecord, again.booking_id).external_id == "again"


@pytest.mark.parametrize("hours", [-1, -24, 24])
def test_a_clock_that_jumps_posts_nothing_twice_and_loses_nothing(acme: Any, hours: int) -> None:
    acme.fault(action="status", status=503, path="/contacts", times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "retrying"
    with time_machine.travel(now() + timedelta(hours=hours), tick=True):
        run_due()
        other = acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
        assert other.state in ("posted", "retrying")
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        run_due()
        assert {read_delivery(each).state for each in (delivery.id, other.id)} == {"posted"}
        end_read()
    assert len(acme.records("companies")) == 1
    assert len(acme.records("contacts")) == 2
    assert db.session.query(Attempt).filter_by(outcome="posted").count() == 2
