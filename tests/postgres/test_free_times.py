"""Free times that are given away while somebody changes whose they are; rows are locked on PostgreSQL alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from hubsync.services.availability.claims import claim_time
from hubsync.services.teams.members import remove_member
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from tests.kit.free_times import NOW, PageTeam, at, change_rules, make_page_team
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock

pytestmark = pytest.mark.slow


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield make_page_team()


@pytest.mark.parametrize("what", ["hosts", "rules"])
def test_hosts_and_rules_stay_as_they_are_while_a_time_is_given_away(
    app: Flask, team: PageTeam, what: str
) -> None:
    ken = team.add_member("ken@acme.example")
    change = {
        "hosts": partial(team.choose_hosts, ken),
        "rules": partial(change_rules, team.calendar_id, most_a_day=1),
    }[what]
    with write_transaction() as session:
        calendar = session.get_one(Calendar, team.calendar_id)
        assert claim_time(session, calendar, at(10)).id == team.owner_id
        thread, results = beside(app, change)
        until_somebody_waits_for_a_lock()
    thread.join()
    assert len(results) == 1


def test_no_time_is_taken_of_a_host_whom_nobody_waited_for(app: Flask, team: PageTeam) -> None:
    """Of whoever becomes the host at this instant, another calendar may give the same time away."""
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(ken)
    with write_transaction() as session:
        session.execute(select(Person.id).where(Person.id == ken).with_for_update(key_share=True))
        booking, results = beside(app, partial(team.book, at(10)))
        until_somebody_waits_for_a_lock()
        leaving, _left = beside(app, partial(remove_member, team.team_id, ken, by=ken))
        leaving.join()
    booking.join()
    assert len(results) == 1
    assert db.session.query(BookingRecord).populate_existing().one().host_id == ken
