"""Busy calendars are read in the background: politely, by one worker each, and a fault changes no state."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from hubsync.services import now
from hubsync.services.busy_calendars import own_calendars
from hubsync.services.busy_calendars.readings import change_calendar, give_back, new_worker, note_fault, take
from hubsync.services.busy_calendars.upkeep import read_due
from hubsync.services.people.profile import save_profile
from hubsync.store import end_read, write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.leases import BUSY_CALENDAR
from scheduler_sandbox.calendars import CalendarServer, write_event
from tests.kit.busy_calendars import add, busy_times, person_id, stored, tomorrow
from tests.kit.clock import later

pytestmark = pytest.mark.slow


def make_due(calendar_id: int) -> None:
    with write_transaction() as session:
        session.get_one(BusyCalendar, calendar_id).next_read_at = now() - timedelta(seconds=1)


def statuses(provider: CalendarServer) -> list[int]:
    return [each.status for each in provider.requests]


def test_it_is_read_when_it_is_due_and_what_is_gone_is_gone(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    assert read_due() == []
    provider.account.calendars[0].remove("meeting")
    provider.account.calendars[0].put(write_event(tomorrow(14), tomorrow(15), "New"))
    with later(minutes=9):
        read_due()
    assert busy_times(calendar_id) == [(tomorrow(9), tomorrow(10))], "it was not due"
    with later(minutes=16):
        read_due()
    assert busy_times(calendar_id) == [(tomorrow(14), tomorrow(15))]


def test_an_unchanged_calendar_is_asked_for_changes_alone(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    before = stored(calendar_id).read_at
    make_due(calendar_id)
    read_due()
    assert statuses(provider)[-1] == 304
    assert stored(calendar_id).read_at != before
    assert busy_times(calendar_id) == [(tomorrow(9), tomorrow(10))]
    save_profile(person_id(), "", "Asia/Tokyo", "")
    make_due(calendar_id)
    read_due()
    assert statuses(provider)[-1] == 200, "days begin elsewhere for this person now"


def test_the_next_day_is_read_as_a_whole(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    with later(days=1, minutes=1):
        read_due()
    assert statuses(provider)[-1] == 200
    assert stored(calendar_id).fault_code == ""


def test_what_cannot_be_read_keeps_its_state_and_is_left_alone_longer_each_time(
    acme: Any, provider: CalendarServer
) -> None:
    calendar_id = add(provider)
    read_at = stored(calendar_id).read_at
    provider.switches.broken = True
    pauses = []
    for _ in range(6):
        make_due(calendar_id)
        assert len(read_due()) == 1
        row = stored(calendar_id)
        assert row.next_read_at is not None
        pauses.append(row.next_read_at - now())
    assert pauses[0] < timedelta(minutes=16) < timedelta(minutes=75) < pauses[-1] < timedelta(hours=2, minutes=1)
    assert (row.failures, row.fault_code, row.read_at) == (6, "feed_server_fault", read_at)
    assert busy_times(calendar_id) == [(tomorrow(9), tomorrow(10))]
    provider.switches.broken = False
    make_due(calendar_id)
    assert read_due() == []
    row = stored(calendar_id)
    assert (row.failures, row.fault_code, row.faulty_since) == (0, "", None)


def test_a_server_is_left_alone_for_as_long_as_it_asks(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    provider.switches.busy = 4 * 3600
    make_due(calendar_id)
    read_due()
    provider.switches.busy = 0
    with later(hours=3, minutes=59):
        assert read_due() == []
    assert stored(calendar_id).fault_code == "feed_busy"
    with later(hours=4, minutes=30):
        assert read_due() == []
        assert stored(calendar_id).fault_code == ""


def test_an_access_that_no_key_opens_is_said(acme: Any, provider: CalendarServer) -> None:
    calendar_id, other = add(provider), None
    with write_transaction() as session:
        row = session.get_one(BusyCalendar, calendar_id)
        other = row.access_sealed
        row.access_sealed = row.access_sealed[:-8] + "AAAAAAA="
    make_due(calendar_id)
    provider.reset()
    read_due()
    assert (stored(calendar_id).fault_code, provider.requests) == ("secret_unreadable", [])
    with write_transaction() as session:
        session.get_one(BusyCalendar, calendar_id).access_sealed = other
    make_due(calendar_id)
    read_due()
    assert stored(calendar_id).fault_code == ""


@pytest.mark.parametrize("set_back", [False, True], ids=["held", "clock set back"])
def test_a_lease_binds_unless_it_ends_later_than_any_can(
    acme: Any, provider: CalendarServer, set_back: bool
) -> None:
    calendar_id = add(provider)
    make_due(calendar_id)
    until = now() + BUSY_CALENDAR.length + (timedelta(days=400) if set_back else timedelta(0))
    with write_transaction() as session:
        row = session.get_one(BusyCalendar, calendar_id)
        row.worker, row.worker_until = "another", until
    provider.reset()
    read_due()
    assert bool(provider.requests) is set_back


def test_a_due_time_from_before_the_clock_was_set_back_keeps_nobody_waiting(
    acme: Any, provider: CalendarServer
) -> None:
    calendar_id = add(provider)
    with write_transaction() as session:
        session.get_one(BusyCalendar, calendar_id).next_read_at = now() + timedelta(days=400)
    provider.reset()
    read_due()
    assert len(provider.requests) == 1


def test_of_several_workers_one_reads(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    make_due(calendar_id)
    provider.reset()
    start = Barrier(4)

    def work() -> None:
        with acme.app.app_context():
            start.wait()
            read_due()

    threads = [Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(provider.requests) == 1
    row = stored(calendar_id)
    assert (row.worker, row.worker_until) == ("", None)


def test_whoever_lost_the_calendar_writes_nothing(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    late, other = new_worker(), new_worker()
    assert take(calendar_id, late)
    with later(seconds=61):
        assert take(calendar_id, other)
    assert not change_calendar(calendar_id, late, lambda session, row: note_fault(session, row, "feed_busy", None))
    give_back(late)
    assert stored(calendar_id).worker == other
    assert stored(calendar_id).fault_code == ""


def test_one_that_is_removed_while_it_is_read_stays_removed(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    worker = new_worker()
    assert take(calendar_id, worker)
    own_calendars.remove(person_id(), calendar_id)
    assert not change_calendar(
        calendar_id, worker, lambda session, row: note_fault(session, row, "feed_busy", None)
    )


def test_servers_that_take_long_leave_bookings_their_turn(acme: Any, provider: CalendarServer) -> None:
    ids = [add(provider), own_calendars.add_feed(person_id(), provider.feed_url() + "?2", "", "show_times")]
    for each in ids:
        make_due(each)
    provider.reset()
    read_due(at_most_seconds=0)
    assert len(provider.requests) == 1
    read_due()
    assert len(provider.requests) == 2
    assert read_due(stopped=lambda: True) == []
    end_read()
