"""Forty guests from four processes want the five last times."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from tests.kit.free_times import PageTeam, make_page_team, open_always
from tests.kit.guest_process import BOOKED, TOO_LATE
from tests.kit.workers import task_of, worker_processes

pytestmark = pytest.mark.slow

GUESTS, PROCESSES, TIMES = 40, 4, 5


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with app.app_context():
        made = make_page_team()
        open_always(made.calendar_id)
        yield made


def tasks(app: Flask, sandbox: Any, team: PageTeam) -> tuple[list[dict[str, Any]], list[str]]:
    """What each process is told, and the five times."""
    first = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    starts = [(first + timedelta(minutes=30) * number).isoformat() for number in range(TIMES)]
    world = SimpleNamespace(app=app, sandbox=sandbox, team_id=team.team_id)
    slug = team.calendar().slug
    end_read()
    told = [
        task_of(world, threads=5, guests=list(range(each, GUESTS, PROCESSES)), starts=starts, slug=slug)
        for each in range(PROCESSES)
    ]
    return told, starts


def taken() -> list[str]:
    """The times that are booked, each with its delivery and its host."""
    records = db.session.query(BookingRecord).order_by(BookingRecord.starts_at).populate_existing().all()
    assert db.session.query(Delivery).count() == len(records)
    assert all(each.host_id is not None for each in records)
    end_read()
    return [each.starts_at.isoformat() for each in records if each.starts_at is not None]


def test_five_get_them_and_the_others_are_told(
    app: Flask, sandbox: Any, team: PageTeam, database: dict[str, str]
) -> None:
    told, starts = tasks(app, sandbox, team)
    with worker_processes("tests.kit.guest_process", told) as processes:
        for process in processes:
            process.go()
        answers = Counter(line for process in processes for line in process.lines())
    assert answers == {BOOKED: TIMES, TOO_LATE: GUESTS - TIMES}
    assert taken() == starts


def test_no_time_is_taken_twice_nor_lost_where_processes_are_killed(
    app: Flask, sandbox: Any, team: PageTeam, database: dict[str, str]
) -> None:
    told, starts = tasks(app, sandbox, team)
    with worker_processes("tests.kit.guest_process", told) as processes:
        for process in processes:
            process.go()
        for process in processes[:2]:
            process.send_signal(signal.SIGKILL)
        for process in processes[2:]:
            process.lines()
    held = taken()
    assert len(set(held)) == len(held)
    with worker_processes("tests.kit.guest_process", told[:2]) as again:
        for process in again:
            process.go()
        for process in again:
            process.lines()
    assert taken() == starts, "whoever comes again gets what is left, and the same form is the same booking"
