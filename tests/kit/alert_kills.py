"""A process that forks one for each boundary at which the sending of a chat alert may be killed, and recovers.

It prints a line of JSON for each that it forked: what it passed, and what the alert's chat says afterwards.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from hubsync.domain.chat_alerts import AlertKind
from hubsync.services import now
from hubsync.services.alerts.delivery import put_alerts, send_alerts
from hubsync.store import db, write_transaction
from tests.kit.chats import add_chat, stored_chat, waiting_alerts
from tests.kit.clock import at
from tests.kit.forked_kills import kill
from tests.kit.workers import read_task, wait_for_go

MOST_BOUNDARIES = 10


def play(team_id: int, port: int, number: int) -> dict[str, Any]:
    moment, room = now(), f"room-{number}"
    address_id = add_chat(team_id, f"json://127.0.0.1:{port}/{room}")
    with write_transaction() as session:
        put_alerts(session, [stored_chat(address_id)], AlertKind.TROUBLE, "first", "A title", "Words")
    db.session.remove()
    db.engine.dispose()
    passed, killed = kill(send_alerts, number)
    for minutes in (3, 6):
        with at(moment + timedelta(minutes=minutes)):
            send_alerts()
    fault = stored_chat(address_id).fault
    return {
        "passed": passed,
        "killed": killed,
        "room": f"/{room}",
        "fault": fault and fault.value,
        "left": len(waiting_alerts()),
    }


def main() -> None:
    task, app = read_task()
    wait_for_go()
    with app.app_context():
        for number in range(1, MOST_BOUNDARIES):
            told = play(task["team_id"], task["port"], number)
            print(json.dumps(told), flush=True)
            if not told["killed"]:
                break
