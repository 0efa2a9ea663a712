"""A process that forks one for each boundary at which an erasure may be killed, and recovers after it.

The guests are booked and posted before; it prints a line of JSON for each that it forked.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hubsync.domain.guest_erasures import ContactWish
from hubsync.services import now
from hubsync.services.bookings import guest_erasures
from hubsync.store import db, end_read
from hubsync.store.guest_erasures import GuestErasure
from tests.kit.clock import at
from tests.kit.forked_kills import kill
from tests.kit.workers import read_task, wait_for_go


def guest(number: int) -> str:
    """The guest whose erasure is killed at boundary *number*."""
    return f"guest-{number}@acme.co.jp"


def erase(email: str, team_id: int) -> None:
    guest_erasures.carry_on(guest_erasures.begin(email, team_id, by=None, wish=ContactWish.ERASED))


def receipts() -> int:
    number = db.session.query(GuestErasure).count()
    end_read()
    return number


def play(team_id: int, number: int) -> dict[str, Any]:
    before, moment = receipts(), now()
    db.session.remove()
    db.engine.dispose()
    passed, killed = kill(lambda: erase(guest(number), team_id), number)
    is_written_down = receipts() > before
    if not is_written_down:  # nothing was promised: whoever wanted it asks again
        erase(guest(number), team_id)
    for hours in (1, 3):
        with at(moment + timedelta(hours=hours)):
            guest_erasures.carry_on_all(lambda: False)
    return {"passed": passed, "killed": killed}


def main() -> None:
    task, app = read_task()
    wait_for_go()
    with app.app_context():
        for number in range(1, task["guests"] + 1):
            told = play(task["team_id"], number)
            print(json.dumps(told), flush=True)
            if not told["killed"]:
                break
