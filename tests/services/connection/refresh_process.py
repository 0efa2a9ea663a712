"""A serving process of its own: threads that all need HubSpot at the moment it is told to go.

It prints one line for each call.
"""

from __future__ import annotations

from hubsync.errors import HubSyncError
from hubsync.net.deadline import Deadline
from hubsync.services.connection.api_access import with_access
from tests.kit.workers import in_threads, read_task


def main() -> None:
    task, app = read_task()

    def work() -> list[str]:
        deadline = Deadline.after(20)
        try:
            account = with_access(task["team_id"], deadline, lambda client: client.read_account(deadline))
        except HubSyncError as fault:
            return [f"{fault.code}: {fault.message}"]
        return [f"account {account.id}"]

    in_threads(app, task["threads"], work)
