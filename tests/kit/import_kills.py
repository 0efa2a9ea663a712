"""A process that forks one for each boundary at which the work on an import may be killed, and goes on after it.

It prints a line of JSON for each that it forked.
"""

from __future__ import annotations

import json
from datetime import timedelta

from hubsync.services import now
from hubsync.services.imports.worker import work_on_imports
from hubsync.store import db, write_transaction
from hubsync.store.imports import BookingImport
from tests.kit.forked_kills import kill
from tests.kit.workers import read_task, wait_for_go


def lease_ends() -> None:
    """The lease of a worker that was killed is over by now."""
    with write_transaction() as session:
        session.query(BookingImport).update({"worker_until": now() - timedelta(seconds=1)})


def main() -> None:
    task, app = read_task()
    wait_for_go()
    with app.app_context():
        for number in range(1, task["most"]):
            db.session.remove()
            db.engine.dispose()
            passed, killed = kill(lambda: work_on_imports(seconds=60), number)
            lease_ends()
            print(json.dumps({"passed": passed, "killed": killed}), flush=True)
            if not killed:
                break
        db.session.remove()


if __name__ == "__main__":
    main()
