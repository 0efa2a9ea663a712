"""A serving process of its own: five deliveries fail in it at one instant, and it does its due work at once.

Run as a program with the settings as JSON in its first argument; it prints how many teams it mailed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from hubsync.app import create_app
from hubsync.services.notifying import tell_due
from tests.services.failing import fail


def main() -> None:
    given = json.loads(sys.argv[1])
    app = create_app(given["settings"], instance_path=Path(given["instance_path"]))
    acme = SimpleNamespace(team_id=given["team_id"], calendar_id=given["calendar_id"])
    print("ready", flush=True)
    sys.stdin.readline()
    mailed = 0
    with app.app_context():
        for _ in range(given["failures"]):
            fail(acme)
            mailed += len(tell_due())
    print(mailed, flush=True)


if __name__ == "__main__":
    main()
