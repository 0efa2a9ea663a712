"""Notices of many workers at once: whichever of them takes it, the team gets one mail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine

from hubsync.services.notices.notices import put_due_notices
from hubsync.services.outbox import turns
from tests.kit.clock import at
from tests.kit.failed_deliveries import fail
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_notices
from tests.services.notices.history import stored_notice

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
WORKERS = 8


def all_at_once(acme: Any, work: Callable[[], Any]) -> list[Any]:
    """What *work* returns to eight threads that begin together."""
    start, found = threading.Barrier(WORKERS), []

    def run() -> None:
        with acme.app.app_context():
            start.wait()
            found.append(work())

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_forty_failures_of_eight_workers_at_once_send_one(acme: Any, smtp: MailServer) -> None:
    def work() -> int:
        mailed = 0
        for _ in range(5):
            fail(acme)
            mailed += send_notices()
        return mailed

    assert sum(all_at_once(acme, work)) == 1
    assert len(smtp.mails) == 1
    assert not stored_notice(acme).unconfirmed


def test_of_eight_workers_that_look_at_one_instant_one_puts_it(acme: Any) -> None:
    fail(acme)
    assert sorted(all_at_once(acme, put_due_notices)) == [[]] * (WORKERS - 1) + [["acme"]]


@pytest.mark.slow
def test_eight_workers_and_fifty_errors_over_thirty_days_send_one_a_week(acme: Any, smtp: MailServer) -> None:
    """On two days the mail server takes nothing, and every tenth worker stops in the middle."""
    for number in range(50):
        moment = START + timedelta(days=30) * number / 50
        with at(moment):
            fail(acme)
        smtp.answer = "451 later" if number in range(10, 16) else "250 OK"
        with time_machine.travel(moment + timedelta(seconds=10), tick=True):
            if number % 10 == 9:
                put_due_notices()
                for mail_id in turns.list_due():
                    turns.take(mail_id)
            all_at_once(acme, send_notices)
        with time_machine.travel(moment + timedelta(hours=7), tick=True):
            all_at_once(acme, send_notices)
    assert 4 <= len(smtp.mails) <= 5
    accepted = [datetime.strptime(mail["Date"], "%a, %d %b %Y %H:%M:%S %z") for mail in smtp.mails]
    pauses = [later - earlier for earlier, later in pairwise(accepted)]
    assert all(pause >= timedelta(days=7) - timedelta(seconds=2) for pause in pauses), pauses
    smtp.answer = "451 later"
    with at(START + timedelta(days=60)):
        fail(acme)
        all_at_once(acme, send_notices)
    before = len(smtp.mails)
    smtp.answer = "250 OK"
    for minutes in (4, 6, 40, 300):
        with at(START + timedelta(days=60, minutes=minutes)):
            all_at_once(acme, send_notices)
    assert len(smtp.mails) == before + 1
