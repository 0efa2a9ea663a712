"""News of one booking that come while others of it are written down; rows are locked on PostgreSQL alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask import Flask

from hubsync.domain.booking import BookingChange, BookingEvent
from hubsync.domain.received import Result
from hubsync.services.bookings import changes
from hubsync.services.bookings.completion import take_in
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock
from tests.kit.news_process import news

pytestmark = pytest.mark.slow

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
