"""A serving process of its own: threads that all need HubSpot at the moment it is told to go.

Run as a program with the settings as JSON in its first argument; it prints one line for each call.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

from hubsync.app import create_app
from hubsync.errors import HubSyncError
from hubsync.hubspot.deadline import Deadline
from hubsync.services.access import with_access


def main() -> None:
    told = json.loads(sys.argv[1])
    app = create_app(told["settings"], instance_path=Path(told["instance_path"]))
    start = threading.Barrier(told["threads"] + 1)
    lines: list[str] = []

    def work() -> None:
        with app.app_context():
            start.wait()
            deadline = Deadline.after(20)
            try:
                account = with_access(told["team_id"], deadline, lambda client: client.read_account(deadline))
                lines.append(f"account {account.id}")
            except HubSyncError as fault:
                lines.append(f"{fault.code}: {fault.message}")

    threads = [threading.Thread(target=work) for _ in range(told["threads"])]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    start.wait()
    for thread in threads:
        thread.join()
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
