"""A serving process of its own: threads that all need HubSpot at the moment it is told to go.

It prints one line for each call.
"""

from __future__ import annotations

from hubsync.errors import HubSyncError
from tests.kit.connections import account_for_the_patient
from tests.kit.workers import in_threads, read_task


def main() -> None:
    task, app = read_task()

    def work() -> list[str]:
        try:
            return [account_for_the_patient(task["team_id"])]
        except HubSyncError as fault:
            return [f"{fault.code}: {fault.message}"]

    in_threads(app, task["threads"], work)
