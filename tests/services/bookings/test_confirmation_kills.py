"""A process that books and mails is killed at every boundary: the booking stands, each mail is sent at most once.

It is sent once unless the kill came between the handing over and the server's answer, when nobody can know.
"""

from __future__ import annotations

import signal
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store import db, end_read
from hubsync.store.outbox import OutboxMail
from tests.kit.clock import later
from tests.kit.confirmation_process import book
from tests.kit.free_times import open_always
from tests.kit.mail_server import MailServer
from tests.kit.workers import task_of, worker_processes

COMMIT, MAIL = 2, 3
"""Boundaries of a commit (before and after it) and of a mail (before it, sent, answered)."""
BOUNDARIES = COMMIT + 2 * (COMMIT + COMMIT + MAIL + COMMIT)
"""The booking; then of both mails the taking, the handing over, the mail and what became of it."""


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("given", [{"SYNC_BUDGET_SECONDS": "0"}])
def test_kills_at_every_boundary_lose_no_booking_and_double_no_mail(acme: Any, smtp: MailServer) -> None:
    open_always(acme.calendar_id)
    first = (now() + timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    tasks = [
        task_of(
            acme,
            mail_port=smtp.port,
            different={"SYNC_BUDGET_SECONDS": "0"},
            slug=acme.calendar().slug,
            email=f"guest{number}@guest.example",
            starts_at=(first + timedelta(hours=number)).isoformat(),
            kill_at=number,
        )
        for number in range(1, BOUNDARIES + 2)
    ]
    end_read()
    lost: Counter[str] = Counter()
    ended = []
    with worker_processes("tests.kit.confirmation_process", tasks) as processes:
        for task, process in zip(tasks, processes, strict=True):
            before = len(smtp.mails)
            process.go()
            ended.append(process.wait())
            assert book(task).as_sent  # the guest presses again, or somebody else was quicker; neither is mailed
            with later(minutes=3):
                send_mails()
            arrived = Counter(mail["To"] for mail in smtp.mails[before:])
            assert set(arrived.values()) <= {1}, (task["kill_at"], arrived)
            lost[str(2 - arrived.total())] += 1
            rows = db.session.query(OutboxMail).filter(OutboxMail.sent_at.is_(None)).count()
            end_read()
            assert rows == 0, task["kill_at"]
    assert ended == [-signal.SIGKILL] * BOUNDARIES + [0]
    # Of both mails: after the handing over was committed, and before the mail itself was sent.
    assert lost == {"0": BOUNDARIES + 1 - 4, "1": 4}
