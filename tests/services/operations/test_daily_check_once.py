"""The daily check while others work too: made once, also after a kill, and never misled by a renewal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hubsync.services import now
from hubsync.services.operations.daily_check import check_due
from hubsync.services.teams import audit
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.connections import change, expire_token, read_account, refresh_token, stored
from tests.kit.waiting import wait_until


def found() -> list[tuple[str, str]]:
    return [(each.team_slug, each.code) for each in check_due()]


def test_several_workers_check_a_connection_once(oauth_acme: Any) -> None:
    oauth_acme.fault(action="delay", delay=0.5, path="/introspect", times=None)
    checked: list[Any] = []

    def work() -> None:
        with oauth_acme.app.app_context():
            checked.extend(check_due())

    def all_at_once() -> None:
        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len([call for call in oauth_acme.calls_of(all_at_once) if "introspect" in call]) == 1
    assert len(checked) == 1


def test_a_check_whose_worker_was_killed_is_made_when_its_lease_is_over(oauth_acme: Any) -> None:
    change(check_until=now() + timedelta(minutes=2))
    assert found() == []
    with later(minutes=2, seconds=5):
        assert found() == [("acme", "")]


def test_a_clock_that_was_put_back_keeps_nobody_from_checking(oauth_acme: Any) -> None:
    change(next_check_at=now() + timedelta(days=400), check_until=now() + timedelta(days=399))
    assert found() == [("acme", "")]


def test_a_token_that_is_renewed_during_the_check_is_not_taken_for_inactive(oauth_acme: Any) -> None:
    """HubSpot has answered with another refresh token, and the answer is still on its way."""
    oauth_acme.settings(rotate_refresh_tokens=True)
    before = refresh_token(oauth_acme)
    expire_token(oauth_acme)
    oauth_acme.fault(action="slow_body", seconds=0.004, path="/token", except_path="/introspect", times=1)
    renewing = threading.Thread(target=_in(oauth_acme, lambda: read_account(oauth_acme, seconds=20)))
    renewing.start()
    wait_until(lambda: oauth_acme.sandbox.state.refresh_tokens.get(before).revoked)
    assert found() == [("acme", "")]
    renewing.join()
    assert stored().state == "connected"
    assert audit.read_trail(oauth_acme.team_id, 10) == []  # not for a moment either


def _in(acme: Any, work: Callable[[], Any]) -> Callable[[], None]:
    def run() -> None:
        with acme.app.app_context():
            work()

    return run


def test_one_check_that_meets_a_mistake_does_not_keep_the_others_from_being_made(oauth_acme: Any) -> None:
    with write_transaction() as session:
        broken = rows.add_team(session, "broken")
        due = now() - timedelta(days=9)
        rows.add_connection(session, broken.id, next_check_at=due, access_sealed="", refresh_sealed="x" * 10)
    change_acme = now() - timedelta(days=1)
    with write_transaction() as session:
        session.query(Connection).filter_by(team_id=oauth_acme.team_id).update({"next_check_at": change_acme})
    codes = dict(found())
    assert codes["acme"] == ""
    assert codes["broken"] == "secret_unreadable"
