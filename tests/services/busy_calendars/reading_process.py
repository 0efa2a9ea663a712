"""A serving process of its own that reads what is due, and is killed at the boundary that its task names."""

from __future__ import annotations

from hubsync.services.busy_calendars.upkeep import read_due
from tests.kit.kill_switch import KillSwitch
from tests.kit.workers import read_task, wait_for_go


def main() -> None:
    task, app = read_task()
    passed: list[str] = []
    KillSwitch(task["kill_at"], passed.append).install()
    wait_for_go()
    with app.app_context():
        read_due()
    print(*passed, sep="\n", flush=True)
