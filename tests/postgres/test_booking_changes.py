"""News of one booking that come while others of it are written down; rows are locked on PostgreSQL alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.domain.received import Result
from hubsync.services.bookings import changes
from hubsync.services.bookings.completion import take_in
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock
from tests.kit.news_process import news

pytestmark = pytest.mark.slow

UNIQUE, DEADLOCK = "23505", "40P01"
Interruption = tuple[str, Callable[[], object]]

MOVED = news("new", "moved", day=1, minute=5, replaces="old")
LATE = {
    "a cancellation of the former time": news("old", "cancelled", minute=9),
    "a move to the former time": replace(news("old", "moved", day=2), occurred_at=None),
    "no more than a cancellation": BookingChange("signed_json", ("old",), BookingEvent.CANCELLED),
}


@pytest.mark.parametrize("told", LATE.values(), ids=LATE)
def test_news_of_a_time_that_is_followed_at_this_instant_change_nothing(acme: Any, app: Flask, told: Any) -> None:
    take_in(acme.team_id, news("old"))
    tell = changes.change if isinstance(told, BookingChange) else take_in
    with write_transaction() as session:
        assert changes.change_known(session, acme.team_id, MOVED)
        session.flush()
        thread, results = beside(app, partial(tell, acme.team_id, told))
        until_somebody_waits_for_a_lock()
    thread.join()
    assert [each.result for each in results] == [Result.REPEATED]  # type: ignore[attr-defined]
    only = db.session.query(BookingRecord).populate_existing().one()
    assert (only.starts_at, only.cancelled_at) == (MOVED.starts_at, None)


def write_down(acme: Any, told: Booking) -> Result:
    """What becomes of the news, which nobody posts."""
    return take_in(acme.team_id, told, at_most_seconds=0).result


@contextmanager
def interrupted(*by: Interruption) -> Iterator[list[str]]:
    """Have this thread do each act of *by* in turn before a statement that begins so; yields codes of faults."""
    left, here, faults = list(by), threading.get_ident(), list[str]()

    def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if left and threading.get_ident() == here and statement.startswith(left[0][0]):
            left.pop(0)[1]()

    def note(context: ExceptionContext) -> None:
        faults.append(getattr(context.original_exception, "sqlstate", ""))

    engine = db.engine
    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "handle_error", note)
    try:
        yield faults
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "handle_error", note)
    assert not left


def test_news_before_which_somebody_else_writes_each_new_row_are_kept(acme: Any, app: Flask) -> None:
    """Another booking is first with the calendar, and others elsewhere are first with each of its three ids."""

    def first(external_id: str, **other: str) -> None:
        thread, results = beside(app, partial(write_down, acme, replace(news(external_id), **other)))
        thread.join()
        assert results == [Result.BOOKED]

    told = replace(MOVED, replaced_by="third")
    with interrupted(
        ("INSERT INTO calendars ", partial(first, "beside it")),
        ("INSERT INTO bookings ", partial(first, told.external_id, calendar_external_id="second calendar")),
        ("INSERT INTO booking_names ", partial(first, told.replaces, calendar_external_id="third calendar")),
        ("INSERT INTO booking_names ", partial(first, told.replaced_by, calendar_external_id="fourth calendar")),
    ) as faults:
        assert write_down(acme, told) is Result.REPEATED
    assert faults == [UNIQUE] * 4


def test_a_further_id_waits_for_the_calendar_whose_new_booking_has_it(acme: Any, app: Flask) -> None:
    write_down(acme, news("new"))
    begun: list[tuple[threading.Thread, list[object]]] = []

    def move() -> None:
        begun.append(beside(app, partial(write_down, acme, MOVED)))
        until_somebody_waits_for_a_lock()

    with interrupted(("INSERT INTO bookings ", move)) as faults:
        assert write_down(acme, news("old")) is Result.BOOKED
        (thread, results), *_ = begun
        thread.join()
    assert results == [Result.MOVED]
    assert DEADLOCK not in faults
