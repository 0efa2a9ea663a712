"""A process in which somebody posts or dismisses what is held is killed: pressed again, it has happened once."""

from __future__ import annotations

import signal
from collections import Counter
from typing import Any

import pytest

from hubsync.services import now
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.operations.outgoing_mails import send_mails
from tests.kit.clock import later
from tests.kit.held_bookings import HOST, HeldTeam
from tests.kit.mail_server import MailServer
from tests.kit.workers import task_of, worker_processes
from tests.services.bookings.held_process import press

ENDED = {
    ("post", 1): "held",
    ("post", 2): "pending",
    ("post", 3): "pending",
    ("post", 4): "sending",
    ("dismiss", 1): "held",
    ("dismiss", 2): "held dismissed",
}
"""What is left where the process was killed: before and after the press's own commit, then around the lease's."""


@pytest.mark.slow
def test_a_kill_neither_loses_nor_doubles_what_was_pressed(acme: Any, smtp: MailServer) -> None:
    # Processes have the real clock.
    team = HeldTeam.of(acme, made_at=now().replace(minute=0, second=0, microsecond=0))
    deliveries = [team.book(number, f"guest{number}@x{number}.com") for number in range(len(ENDED))]
    tasks = [
        task_of(acme, mail_port=smtp.port, delivery_id=each.id, action=action, kill_at=kill_at)
        for each, (action, kill_at) in zip(deliveries, ENDED, strict=True)
    ]
    with worker_processes("tests.services.bookings.held_process", tasks) as processes:
        for process in processes:
            process.go()
        assert [each.wait() for each in processes] == [-signal.SIGKILL] * len(tasks)
    assert team.states() == list(ENDED.values())
    for task in tasks:
        press(task)
    with later(minutes=10):  # the dead worker's lease is over
        run_due()
        send_mails()
    posted = [number for number, (action, _) in enumerate(ENDED) if action == "post"]
    assert team.states() == ["posted"] * len(posted) + ["held dismissed"] * 2
    guests = [f"guest{number}@x{number}.com" for number in posted]
    assert sorted(each["properties"]["email"] for each in acme.records("contacts")) == guests
    mails = Counter(mail["To"] for mail in smtp.mails if "held for a look" not in mail["Subject"])
    assert mails == {**dict.fromkeys(guests, 1), HOST: len(guests)}
