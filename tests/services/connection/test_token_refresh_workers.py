"""Twenty workers, threads and processes over one database file, find the access token expired at one moment."""

from __future__ import annotations

import signal
import threading
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now
from hubsync.store import db
from tests.kit.connections import (
    account_for_the_patient,
    change,
    expire_token,
    read_account,
    refresh_token,
    stored,
)
from tests.kit.waiting import wait_until
from tests.kit.workers import Worker, task_of, worker_processes

THREADS_HERE, PROCESSES, THREADS_THERE = 10, 2, 5


def other_processes(acme: Any, count: int, threads: int) -> AbstractContextManager[list[Worker]]:
    """Serving processes with *threads* workers each, ready to go."""
    return worker_processes("tests.services.connection.refresh_process", [task_of(acme, threads=threads)] * count)


@pytest.mark.slow
def test_one_of_them_refreshes_and_all_of_them_get_through(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    oauth_acme.fault(action="delay", delay=0.5, path="/token", times=None)
    first = refresh_token(oauth_acme)
    got: list[str] = []

    def work() -> None:
        with oauth_acme.app.app_context():
            got.append(account_for_the_patient(oauth_acme.team_id))

    with other_processes(oauth_acme, PROCESSES, THREADS_THERE) as others:
        expire_token(oauth_acme)

        def all_at_once() -> None:
            threads = [threading.Thread(target=work) for _ in range(THREADS_HERE)]
            for process in others:
                process.go()
            for thread in threads:
                thread.start()
            for process in others:
                got.extend(process.lines())
            for thread in threads:
                thread.join()

        calls = oauth_acme.calls_of(all_at_once)
    assert got == ["account 1234567"] * 20
    assert len([call for call in calls if call.startswith("POST /oauth/")]) == 1
    assert stored().state == "connected"
    kept = refresh_token(oauth_acme)
    assert kept != first
    held = oauth_acme.sandbox.state.refresh_tokens.get(kept)
    assert held is not None
    assert not held.revoked


@pytest.mark.slow
def test_a_process_that_sleeps_in_mid_refresh_keeps_the_token_that_hubspot_gave_it(oauth_acme: Any) -> None:
    """Its lease ends meanwhile, and another worker finds the refresh token spent."""
    oauth_acme.settings(rotate_refresh_tokens=True)
    first = refresh_token(oauth_acme)
    expire_token(oauth_acme)
    oauth_acme.fault(action="slow_body", seconds=0.003, path="/token", times=1)
    with other_processes(oauth_acme, 1, 1) as (sleeper,):
        sleeper.go()
        wait_until(lambda: oauth_acme.sandbox.state.refresh_tokens.get(first).revoked)
        sleeper.send_signal(signal.SIGSTOP)
        assert refresh_token(oauth_acme) == first  # rotated at HubSpot, not stored here
        change(refresh_until=now() - timedelta(seconds=1))
        with pytest.raises(Exception, match="gone"):
            read_account(oauth_acme, seconds=20)
        assert stored().state == "lost"
        sleeper.send_signal(signal.SIGCONT)
        assert sleeper.lines() == ["account 1234567"]
    assert stored().state == "connected"
    assert refresh_token(oauth_acme) != first
    expire_token(oauth_acme)
    assert read_account(oauth_acme) is not None


@pytest.mark.slow
def test_a_process_that_was_killed_in_mid_refresh_holds_nobody_up_for_long(oauth_acme: Any) -> None:
    expire_token(oauth_acme)
    oauth_acme.fault(action="delay", delay=3, path="/token", times=1)
    with other_processes(oauth_acme, 1, 1) as (victim,):
        victim.go()
        wait_until(lambda: stored().refresh_owner != "")
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    db.session.remove()
    until = stored().refresh_until
    assert until is not None
    assert until - now() <= timedelta(seconds=30)
    change(refresh_until=now() - timedelta(seconds=1))
    assert read_account(oauth_acme) is not None
