"""Notices of several processes over one database: the team gets one mail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mailing import MailServer

ROOT = Path(__file__).parent.parent.parent
WORKERS = 8


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_forty_failures_of_eight_processes_at_once_send_one(acme: Any, smtp: MailServer) -> None:
    app = acme.app
    names = ("SECRET_KEY", "BASE_URL", "MAIL_SERVER", "MAIL_PORT", "SQLALCHEMY_DATABASE_URI")
    told = {
        "settings": {
            **{name: str(app.config[name]) for name in names},
            "MAIL_DEFAULT_SENDER": "hubsync@acme.example",
            "ENCRYPTION_KEYS": "a" * 43 + "=",
            "SCHEDULER": "off",
        },
        "instance_path": app.instance_path,
        "team_id": acme.team_id,
        "calendar_id": acme.calendar_id,
        "failures": 5,
    }
    command = [sys.executable, "-m", "tests.services.notifier", json.dumps(told)]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    mailed = [int(process.communicate(timeout=120)[0]) for process in processes]
    assert (sum(mailed), len(smtp.mails)) == (1, 1)
