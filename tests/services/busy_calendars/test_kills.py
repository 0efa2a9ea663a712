"""A process that reads a busy calendar is killed at every boundary: its state is the old or the new one, whole."""

from __future__ import annotations

import signal
from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now
from hubsync.services.busy_calendars.upkeep import read_due
from hubsync.store import write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.leases import BUSY_CALENDAR
from scheduler_sandbox.calendars import CalendarServer, write_event
from tests.kit.busy_calendars import HOUR, OWN_NETWORK, add, busy_times, stored, tomorrow
from tests.kit.clock import later
from tests.kit.workers import task_of, worker_processes

BOUNDARIES = 2 + 3 + 2 + 2
"""Taking the lease, asking the server (before it, sent, answered), what came of it, giving the lease back."""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kills_at_every_boundary_lose_nothing(acme: Any, provider: CalendarServer) -> None:
    calendar_id = add(provider)
    work = provider.account.calendars[0]
    tasks = [task_of(acme, different=OWN_NETWORK, kill_at=number) for number in range(1, BOUNDARIES + 2)]
    ended = []
    with worker_processes("tests.services.busy_calendars.reading_process", tasks) as processes:
        for number, process in enumerate(processes, 1):
            before = busy_times(calendar_id)
            start = tomorrow(12) + 24 * number * HOUR
            work.put(write_event(start, start + HOUR, "New"))
            with write_transaction() as session:
                row = session.get_one(BusyCalendar, calendar_id)
                row.next_read_at = now() - timedelta(seconds=1)
                BUSY_CALENDAR.clear(row)  # the clock of processes is not turned
            process.go()
            ended.append(process.wait())
            after = [*before, (start, start + HOUR)]
            assert busy_times(calendar_id) in (before, after), number
            with later(minutes=2):
                read_due()
                row = stored(calendar_id)
                assert not BUSY_CALENDAR.is_held(row, now()), number
            assert busy_times(calendar_id) == after, number
            assert (row.failures, row.fault_code) == (0, ""), number
    assert ended == [-signal.SIGKILL] * BOUNDARIES + [0]
