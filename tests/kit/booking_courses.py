"""The courses of bookings: how each ends, and what becomes of it when two processes are told of it at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, select

from hubsync.domain.booking import BookingEvent
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from tests.kit.intakes import open_intake
from tests.kit.source_samples import COURSES, EACH_SOURCE, Course, Sample, courses_of
from tests.kit.workers import task_of, worker_processes

Ending = tuple[datetime | None, bool]


def ending_of(told: Sequence[Sample]) -> Ending:
    """When the booking of which *told* is sent in this order starts, and whether it is cancelled.

    The time is that of the last move, as the source itself dates its times in the samples' order. A cancellation
    that does not repeat its booking counts when that one came before.
    """
    bookings = [each.expected["booking"] for each in told if "booking" in each.expected]
    starts_at = max(datetime.fromisoformat(each["starts_at"]) for each in bookings)
    cancelled, known, moved = False, False, False
    for each in told:
        (said,) = each.expected.values()
        known = known or "booking" in each.expected
        moved = moved or said.get("event") == BookingEvent.MOVED
        cancelled = cancelled or (said.get("event") == BookingEvent.CANCELLED and known)
    return starts_at, cancelled and not moved


def parted(course: Course) -> list[tuple[Sequence[Sample], Sequence[Sample]]]:
    """What each of two processes is told of *course* at one instant: a part, or all of it in opposite orders.

    That the booking was made is told twice as well, once for each source.
    """
    first, *later = course.samples
    twice = [([first], [first])] if course.kind == COURSES[0] else []
    return [([first], later), (course.samples, course.samples[::-1]), *twice]


def tell_two_processes(acme: Any) -> None:
    """Tell two processes over Acme's database of every source's courses, at one instant what belongs together.

    Whatever comes first there, each course ends as one booking with one delivery.
    """
    told = []
    for source in EACH_SOURCE:
        if courses := courses_of(source):
            intake = open_intake(acme.app, acme.team_id, source)
            told += [(intake, course, parts) for course in courses for parts in parted(course)]
    tasks = []
    for side in (0, 1):
        groups = [[intake.written(intake.prove(each.body)) for each in parts[side]] for intake, _, parts in told]
        file = Path(acme.app.instance_path) / f"groups-{side}.json"
        file.write_text(json.dumps(groups), "utf-8")
        tasks.append(task_of(acme, groups=str(file)))
    with worker_processes("tests.kit.intake_process", tasks) as workers:
        for _, course, parts in told:
            for each in workers:
                each.go()
            for each in workers:
                assert each.stdout.readline() == "ready\n"
            _assert_ended(acme.app, course, parts)
            forget_bookings(acme.app)
        for each in workers:
            each.go()
        assert {line for each in workers for line in each.lines()} == {"200"}


def _assert_ended(app: Flask, course: Course, parts: tuple[Sequence[Sample], Sequence[Sample]]) -> None:
    in_order = [each for each in course.samples if each in parts[0] or each in parts[1]]
    possible = [ending_of(in_order), ending_of(in_order[::-1])]
    (ended,) = stored_endings(app)
    assert ended in possible, str(course)


def stored_endings(app: Flask) -> list[Ending]:
    """How each booking stands that has a delivery, of which each has one."""
    with app.app_context():
        rows = db.session.query(BookingRecord.starts_at, BookingRecord.cancelled_at).join(Delivery)
        found = [(row.starts_at, row.cancelled_at is not None) for row in rows]
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == len(found)
        end_read()
    return found


def forget_bookings(app: Flask) -> None:
    """Delete all bookings with all that hangs on them, as if none had come yet."""
    with app.app_context(), write_transaction() as session:
        session.execute(delete(BookingRecord))
