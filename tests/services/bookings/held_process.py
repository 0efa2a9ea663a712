"""A process of its own, in which somebody posts or dismisses what is held; it is killed where its task says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from hubsync.services.bookings import held_bookings
from hubsync.store import db, end_read
from hubsync.store.teams import Membership
from tests.kit.kill_switch import KillSwitch
from tests.kit.workers import read_task, wait_for_go


def press(task: dict[str, Any]) -> None:
    """The person's press; the same one however often it is sent."""
    by = db.session.scalars(select(Membership).where(Membership.team_id == task["team_id"])).one()
    end_read()
    if task["action"] == "post":
        held_bookings.post(by, task["delivery_id"])
    else:
        held_bookings.dismiss_these(by, [task["delivery_id"]])


def main() -> None:
    task, app = read_task()
    passed: list[str] = []
    KillSwitch(task["kill_at"], passed.append).install()
    wait_for_go()
    with app.app_context():
        press(task)
