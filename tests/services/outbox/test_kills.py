"""Killed at every boundary, a mail of any kind is neither lost nor sent twice.

The confirmations have a test of their own, because there the booking may not be lost either.
"""

from __future__ import annotations

import json
from collections import Counter
from email.message import EmailMessage
from typing import Any

import pytest

from tests.kit.kill_switch import AFTER_COMMIT, AFTER_MAIL, BEFORE_COMMIT, BEFORE_MAIL, MAIL_SENT
from tests.kit.mail_server import MailServer
from tests.kit.outbox_kills import WAYS
from tests.kit.workers import task_of, worker_processes

BOUNDARIES = {BEFORE_COMMIT, AFTER_COMMIT, BEFORE_MAIL, MAIL_SENT, AFTER_MAIL}
ENDS_OF_DOUBT = [AFTER_COMMIT, BEFORE_MAIL]
"""Killed there, a mail has not left and counts as sent: right after the handing over was written down."""


def kind_of(mail: EmailMessage) -> str:
    """Its Message-ID begins with it."""
    return str(mail["Message-ID"]).strip().strip("<").partition(".")[0].replace("-", "_")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("given", [{"SYNC_BUDGET_SECONDS": "0"}])
def test_kills_at_every_boundary_lose_no_mail_of_any_kind_and_double_none(acme: Any, smtp: MailServer) -> None:
    task = task_of(acme, mail_port=smtp.port, different={"SYNC_BUDGET_SECONDS": "0"}, calendar_id=acme.calendar_id)
    with worker_processes("tests.kit.outbox_kills", [task]) as (process,):
        process.go()
        told = [json.loads(line) for line in process.lines()]
    arrived = Counter(
        (kind_of(mail), address)
        for mail, (_, to) in zip(smtp.mails, smtp.envelopes, strict=True)
        for address in to
    )
    assert {each["waiting"] for each in told} == {0}
    for way in WAYS:
        runs = [each for each in told if each["kind"] == way.kind]
        assert [each["killed"] for each in runs] == [True] * (len(runs) - 1) + [False], way.kind
        assert {each["passed"][-1] for each in runs} == BOUNDARIES, way.kind
        assert max(arrived[way.kind, each["to"]] for each in runs) == 1, way.kind
        lost = [each["passed"][-1] for each in runs if arrived[way.kind, each["to"]] == 0]
        assert lost == ENDS_OF_DOUBT, way.kind
