"""Notices of several processes over one database: the team gets one mail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.mail_server import MailServer
from tests.kit.workers import task_of, worker_processes

WORKERS = 8


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_forty_failures_of_eight_processes_at_once_send_one(acme: Any, smtp: MailServer) -> None:
    task = task_of(acme, mail_port=smtp.port, calendar_id=acme.calendar_id, failures=5)
    with worker_processes("tests.services.notices.notice_process", [task] * WORKERS) as processes:
        for process in processes:
            process.go()
        mailed = [int(line) for process in processes for line in process.lines()]
    assert (len(mailed), sum(mailed), len(smtp.mails)) == (WORKERS, 1, 1)
