"""A serving process of its own that posts webhooks to its own addresses, group after group when it is told to go.

The groups stand in a JSON file. It says "ready" before each of them and at the end, and then prints the status of
each answer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.kit.intakes import post
from tests.kit.workers import read_task, wait_for_go


def main() -> None:
    task, app = read_task()
    groups: list[list[dict[str, Any]]] = json.loads(Path(task["groups"]).read_text("utf-8"))
    client = app.test_client()
    answered = []
    for group in groups:
        wait_for_go()
        for each in group:
            answer = post(client, **each)
            answered.append(str(answer.status_code))
            answer.close()  # and with it comes the line of the source's list
    wait_for_go()
    print("\n".join(answered), flush=True)
