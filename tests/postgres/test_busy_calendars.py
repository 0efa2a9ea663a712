"""Busy calendars that are added at one instant; rows are locked on PostgreSQL alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from hubsync.domain.busy_calendars import MOST_OF_A_PERSON
from hubsync.errors import Refused
from hubsync.store import db, end_read, write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.people import Person
from scheduler_sandbox.calendars import CalendarServer
from tests.kit import rows
from tests.kit.busy_calendars import add, given, person_id, provider
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock

__all__ = ["given", "provider"]

pytestmark = pytest.mark.slow


def test_the_last_place_of_a_person_goes_to_one_of_two_that_are_added_at_once(
    acme: Any, provider: CalendarServer
) -> None:
    owner = person_id()
    with write_transaction() as session:
        for _ in range(MOST_OF_A_PERSON - 1):
            rows.add_busy_calendar(session, owner)

    def add_another() -> type[Exception] | None:
        try:
            add(provider)
        except Refused:
            return Refused
        return None

    with write_transaction() as session:  # as the first of them holds it
        session.execute(select(Person.id).where(Person.id == owner).with_for_update())
        thread, results = beside(acme.app, add_another)
        until_somebody_waits_for_a_lock()
        rows.add_busy_calendar(session, owner)
    thread.join()
    assert results == [Refused]
    assert db.session.query(BusyCalendar).count() == MOST_OF_A_PERSON
    end_read()
