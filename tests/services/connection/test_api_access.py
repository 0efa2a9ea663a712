"""Live access: renewed before it expires, by one worker, and never lost for a passing fault."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from hubsync.domain.audit import AuditAction
from hubsync.errors import (
    AccessLost,
    HubSpotBusy,
    HubSpotError,
    HubSpotUnreachable,
    NotConnected,
)
from hubsync.services import now
from hubsync.services.teams import audit
from hubsync.store import write_transaction
from hubsync.store.connections import Connection
from tests.kit.clock import later
from tests.kit.connections import (
    change,
    clear_faults,
    expire_token,
    read_account,
    refresh_token,
    revoke,
    stored,
    token_calls,
    trouble,
    uninstall,
)


def state() -> tuple[str, str]:
    connection = stored()
    return connection.state, connection.refresh_owner


NONE = ("", "", False)


def test_a_token_that_is_still_good_is_not_refreshed(oauth_acme: Any) -> None:
    assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 0


def test_a_token_is_refreshed_before_it_expires(oauth_acme: Any) -> None:
    with later(minutes=29):
        assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 1
        assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 0


def test_eight_workers_refresh_once_even_when_the_refresh_token_rotates(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    change(access_expires_at=now())
    found: list[Any] = []

    def work() -> None:
        with oauth_acme.app.app_context():
            found.append(read_account(oauth_acme))

    def all_at_once() -> None:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert token_calls(oauth_acme, all_at_once) == 1
    assert len(found) == 8
    assert state() == ("connected", "")


def test_a_401_is_answered_by_one_refresh_and_one_repeat(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=401, path="/account-info", times=1)
    calls = oauth_acme.calls_of(lambda: read_account(oauth_acme))
    assert [call.split("/")[1] for call in calls] == ["account-info", "oauth", "account-info"]


def test_a_second_401_is_the_end_of_the_connection(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=401, path="/account-info", times=2)
    with pytest.raises(AccessLost):
        read_account(oauth_acme)
    assert state() == ("lost", "")
    assert stored().lost_code == "access_lost"
    with pytest.raises(AccessLost):
        assert oauth_acme.calls_of(lambda: read_account(oauth_acme)) == []


@pytest.mark.parametrize("end", [revoke, uninstall])
def test_what_hubspots_administrator_ended_is_lost_at_the_next_call(
    oauth_acme: Any, end: Any, caplog: pytest.LogCaptureFixture
) -> None:
    end(oauth_acme)
    with pytest.raises(AccessLost):
        read_account(oauth_acme)
    assert state() == ("lost", "")
    (entry,) = audit.read_trail(oauth_acme.team_id, 10)
    assert (entry.action, entry.person_id) == (AuditAction.ACCESS_LOST, None)
    assert entry.details == {"account": "1234567", "code": "access_lost"}
    (line,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "acme has lost access to HubSpot account 1234567" in line.getMessage()
    assert "presses Connect on http://localhost:8000/teams/acme/settings/integrations/hubspot" in line.getMessage()


def test_a_revoked_refresh_token_leaves_the_access_token_to_its_end(oauth_acme: Any) -> None:
    revoke(oauth_acme, access_tokens=False)
    assert read_account(oauth_acme) is not None
    expire_token(oauth_acme)
    with pytest.raises(AccessLost):
        read_account(oauth_acme)
    assert state() == ("lost", "")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_refresh_that_fails_in_passing_does_not_lose_the_connection(oauth_acme: Any, status: int) -> None:
    expire_token(oauth_acme)
    oauth_acme.fault(action="status", status=status, path="/token", times=1)
    with pytest.raises(HubSpotError) as fault:
        read_account(oauth_acme)
    assert not fault.value.permanent
    assert state() == ("connected", "")
    assert trouble() == (fault.value.code, "", True)
    with later(seconds=31):
        assert read_account(oauth_acme) is not None
        assert trouble() == NONE


def test_after_a_failed_refresh_nobody_asks_again_for_thirty_seconds(oauth_acme: Any) -> None:
    expire_token(oauth_acme)
    oauth_acme.fault(action="status", status=503, path="/token", times=None)
    for after, calls in ((0, 1), (1, 0), (29, 0), (31, 1), (45, 0), (62, 1)):

        def ask() -> None:
            with pytest.raises(HubSpotBusy):
                read_account(oauth_acme)

        with later(seconds=after):
            assert (after, token_calls(oauth_acme, ask)) == (after, calls)
    assert state() == ("connected", "")


def test_nobody_asks_before_hubspot_wants_to_be_asked(oauth_acme: Any) -> None:
    expire_token(oauth_acme)
    oauth_acme.fault(action="status", status=429, path="/token", times=1, retry_after="120")
    for after in (0, 100):
        with later(seconds=after), pytest.raises(HubSpotError):
            read_account(oauth_acme)
    with later(seconds=121):
        assert read_account(oauth_acme) is not None


def test_a_clock_that_was_put_back_keeps_nobody_from_refreshing(oauth_acme: Any) -> None:
    expire_token(oauth_acme)
    with later(days=2):
        ahead = now()
    change(refresh_not_before=ahead, refresh_owner="gone", refresh_until=ahead)
    assert read_account(oauth_acme) is not None


def test_a_token_that_is_still_good_goes_on_while_hubspot_cannot_renew_it(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=503, path="/token", times=None)
    with later(minutes=28, seconds=30):
        assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 1
        assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 0
    with later(minutes=31), pytest.raises(HubSpotBusy):
        read_account(oauth_acme)
    clear_faults(oauth_acme)
    with later(minutes=32):
        assert read_account(oauth_acme) is not None
        assert trouble() == NONE


def test_a_team_that_never_connected_has_no_access(acme: Any) -> None:
    with write_transaction() as session:
        session.query(Connection).delete()
    with pytest.raises(NotConnected):
        read_account(acme)


def test_a_refresh_that_outlasts_the_patience_of_its_booking_is_kept(oauth_acme: Any) -> None:
    oauth_acme.settings(rotate_refresh_tokens=True)
    before = refresh_token(oauth_acme)
    expire_token(oauth_acme)
    oauth_acme.fault(action="delay", delay=1.5, path="/token", times=1)
    with pytest.raises(HubSpotUnreachable):
        read_account(oauth_acme, seconds=0.5)
    assert token_calls(oauth_acme, lambda: read_account(oauth_acme)) == 0
    assert refresh_token(oauth_acme) != before
    assert state() == ("connected", "")
