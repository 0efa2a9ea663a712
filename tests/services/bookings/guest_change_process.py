"""A process of its own, in which a guest moves or cancels; it is killed at the boundary that its task names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hubsync.services.bookings.guest_changes import cancel, move
from tests.kit.kill_switch import KillSwitch
from tests.kit.workers import read_task, wait_for_go


def press(task: dict[str, Any]) -> None:
    """The guest's press; the same one however often it is sent."""
    if task["to"]:
        seen, to = (datetime.fromisoformat(task[name]) for name in ("seen", "to"))
        move(task["slug"], task["booking_id"], to, seen=seen, reason="once")
    else:
        cancel(task["slug"], task["booking_id"], "once")


def main() -> None:
    task, app = read_task()
    passed: list[str] = []
    KillSwitch(task["kill_at"], passed.append).install()
    wait_for_go()
    with app.app_context():
        press(task)
