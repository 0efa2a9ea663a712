"""A guest moves a booking while its calendar is being changed; rows are locked on PostgreSQL alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from flask import Flask

from hubsync.services.bookings.guest_changes import move
from hubsync.services.calendars.source_calendars import hold_calendar
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from tests.kit.free_times import NOW, PageTeam, at, make_page_team
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock

pytestmark = pytest.mark.slow


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield make_page_team()


def test_a_move_has_the_length_that_is_saved_at_this_instant(app: Flask, team: PageTeam) -> None:
    booking, slug = team.book(at(10)), team.calendar().slug
    end_read()
    with write_transaction() as session:
        calendar = session.get_one(Calendar, team.calendar_id)
        hold_calendar(session, calendar)
        calendar.duration_minutes = 60
        session.flush()
        thread, results = beside(app, partial(move, slug, booking.id, at(11), seen=at(10)))
        until_somebody_waits_for_a_lock()
    thread.join()
    after = db.session.get_one(BookingRecord, booking.id, populate_existing=True)
    assert (results, after.starts_at, after.ends_at) == ([None], at(11), at(12))
