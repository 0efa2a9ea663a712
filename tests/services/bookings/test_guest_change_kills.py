"""A process in which a guest moves or cancels is killed at every boundary: it is as before, or as after."""

from __future__ import annotations

import signal
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from hubsync.services import now
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from tests.kit.free_times import make_page_team, open_always
from tests.kit.workers import task_of, worker_processes
from tests.services.bookings.guest import read_again, read_lines, slug_of
from tests.services.bookings.guest_change_process import press

BEFORE_COMMIT, AFTER_COMMIT, NEVER = 1, 2, 3
"""A change is one commit; whoever is to be killed at a third boundary comes to the end."""


@pytest.mark.slow
@pytest.mark.parametrize("event", ["moved", "cancelled"])
def test_a_kill_leaves_the_former_state_or_the_new_one(app: Flask, sandbox: Any, event: str) -> None:
    with app.app_context():
        team = make_page_team()
        open_always(team.calendar_id)
        first = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
        slug = slug_of(team)
        bookings = [team.book(first + timedelta(hours=number), f"guest {number}") for number in range(NEVER)]
        world = SimpleNamespace(app=app, sandbox=sandbox, team_id=team.team_id)
        tasks = [
            task_of(
                world,
                slug=slug,
                booking_id=each.id,
                seen=(first + timedelta(hours=number)).isoformat(),
                to=(first + timedelta(days=1, hours=number)).isoformat() if event == "moved" else "",
                kill_at=number + 1,
            )
            for number, each in enumerate(bookings)
        ]
        with worker_processes("tests.services.bookings.guest_change_process", tasks) as processes:
            for process in processes:
                process.go()
            assert [each.wait() for each in processes] == [-signal.SIGKILL, -signal.SIGKILL, 0]
        is_changed = [kill_at != BEFORE_COMMIT for kill_at in (BEFORE_COMMIT, AFTER_COMMIT, NEVER)]
        assert [bool(read_lines(each)) for each in bookings] == is_changed
        for number, each in enumerate(bookings):
            after = read_again(each)
            at_former_time = after.starts_at == first + timedelta(hours=number) and after.cancelled_at is None
            assert at_former_time is not is_changed[number]
        for task in tasks:
            press(task)  # whoever was not answered presses again
        assert [[line.event for line in read_lines(each)] for each in bookings] == [[event]] * NEVER
        held = [each.starts_at for each in db.session.query(BookingRecord).filter_by(cancelled_at=None)]
        end_read()
        assert len(held) == len(set(held)) == (NEVER if event == "moved" else 0)
