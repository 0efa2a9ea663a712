"""Three hundred missed bookings are posted within HubSpot's limits while pages go on being answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from flask import Flask

from hubsync.services.operations.background_jobs import do_due_work
from hubsync.store import db
from hubsync.store.deliveries import Attempt
from tests.kit.replays import begin, missed, progress, states

__all__ = ["missed"]
MANY = 300
WINDOW = 2
"""Seconds for which HubSpot's stand-in counts calls; HubSpot's ten would make this five times as long."""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_backlog_is_posted_without_a_storm_and_pages_are_answered_meanwhile(
    acme: Any, missed: Callable[[int], None], app: Flask
) -> None:
    missed(MANY)
    acme.settings(burst_limit_per_ten_seconds=100, burst_window_seconds=WINDOW, search_limit_per_second=5)
    begin(acme)
    began = time.monotonic()
    posted = threading.Event()

    def work() -> None:
        with app.app_context():
            while progress(acme).state == "running":
                list(do_due_work())
        posted.set()

    worker = threading.Thread(target=work)
    worker.start()
    pages = set()
    while not posted.wait(0.05):
        pages.add(app.test_client().get("/signin", base_url="http://localhost:8000").status_code)
    worker.join()
    assert time.monotonic() - began > (MANY / 100 - 1) * WINDOW, "the limit was not met at all"
    assert set(states()) == {"posted"}
    assert pages == {200}
    assert len(acme.records("companies")) == 1
    calls = requests.get(f"{acme.sandbox.url}/sandbox/api/calls", timeout=60).json()["results"]
    assert [call for call in calls if call["status"] == 429] == []
    assert db.session.query(Attempt).filter_by(code="rate_limited").count() == 0
