"""A serving process of its own: five deliveries fail in it at one instant, and it does its due work at once.

It prints how many teams it mailed.
"""

from __future__ import annotations

from types import SimpleNamespace

from tests.kit.failed_deliveries import fail
from tests.kit.notices import send_notices
from tests.kit.workers import read_task, wait_for_go


def main() -> None:
    task, app = read_task()
    acme = SimpleNamespace(team_id=task["team_id"], calendar_id=task["calendar_id"])
    wait_for_go()
    mailed = 0
    with app.app_context():
        for _ in range(task["failures"]):
            fail(acme)
            mailed += send_notices()
    print(mailed, flush=True)
