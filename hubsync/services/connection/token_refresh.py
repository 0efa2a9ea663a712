"""Token refresh under a lease: one worker at a time, across processes; no new token is ever lost.

HubSpot may answer with another refresh token than it was asked with, and then the former one is dead. So the call
has a thread of its own, which does not end when the patience of the booking does that needed it, and whoever gets
an answer stores it, even if its lease ended meanwhile because the machine slept.
"""

from __future__ import annotations

import logging
import secrets
import time
from concurrent.futures import Future
from datetime import datetime, timedelta
from threading import Thread
from typing import cast

from flask import Flask, current_app
from sqlalchemy import update

from hubsync.domain.clock_skew import is_ahead
from hubsync.domain.connections import ConnectionState
from hubsync.errors import (
    AccessLost,
    DetailCode,
    HubSpotError,
    HubSpotUnreachable,
    HubSyncError,
    Remedy,
    Scope,
    SecretUnreadable,
    family,
    tell,
)
from hubsync.hubspot.oauth import Tokens
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.connection.access_loss import lose_access, regain_access
from hubsync.services.connection.clients import oauth_client
from hubsync.services.connection.problems import problem_of, record_problem, resolve_all_but_permission
from hubsync.services.connection.tokens import is_fresh, open_access, open_refresh, sealed_place, usable_connection
from hubsync.services.isolation import origin_of
from hubsync.store import end_read, write_transaction
from hubsync.store.connections import Connection, locked_connection
from hubsync.store.leases import TOKEN_REFRESH

CALL_SECONDS = 20.0
COOL_DOWN = timedelta(seconds=30)
LONGEST_COOL_DOWN = timedelta(hours=1)
GRACE_SECONDS = 6.0
POLL_SECONDS = 0.05
THREAD_NAME = "hubsync-refresh"
_PAUSED_BY = tuple(
    kind
    for kind in family(HubSpotError).values()
    if kind.remedy is Remedy.SETTINGS or (kind.scope, kind.remedy) == (Scope.HUBSPOT, Remedy.WAIT)
)
"""After what nobody tries to renew the tokens for a while: settings are wrong, or HubSpot takes no call now."""

log = logging.getLogger(__name__)


def is_leased(connection: Connection) -> bool:
    """Whether some worker is renewing the connection's tokens at this moment."""
    return TOKEN_REFRESH.is_held(connection, now())


def cooling(connection: Connection) -> HubSpotError | None:
    """The error to raise instead of a refresh, because one failed in passing less than 30 s ago; else None."""
    until = connection.refresh_not_before
    if until is None or not is_ahead(until, now(), LONGEST_COOL_DOWN):
        return None
    left = (until - now()).total_seconds()
    same = next((each for each in _PAUSED_BY if each.code == connection.trouble_code), HubSpotUnreachable)
    return same(tell(DetailCode.RENEWAL_PAUSED, seconds=round(left)), retry_after=left)


def refresh(connection: Connection, spent: str | None, deadline: Deadline) -> str | None:
    """Renew the tokens unless somebody else is doing so; return the new access token.

    None says to look again: another worker has the lease, or somebody connected or disconnected meanwhile.
    Raises AccessLost (and the connection is marked lost), AppMisconfigured, SecretUnreadable, or a passing error.
    """
    worker, team_id = secrets.token_hex(8), connection.team_id
    former = connection.refresh_owner
    if not take_lease(connection.id, worker):
        return None
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    answer: Future[str | None] = Future()

    def work() -> None:
        with app.app_context():
            try:
                answer.set_result(_refresh_under_lease(team_id, worker, spent, bool(former)))
            except HubSyncError as fault:
                answer.set_exception(fault)
            except Exception as mistake:
                log.error("renewing access of team %d met %s:\n%s", team_id, *origin_of(mistake))
                answer.set_exception(mistake)

    Thread(target=work, name=THREAD_NAME).start()
    try:
        return answer.result(timeout=deadline.left())
    except TimeoutError as fault:
        raise HubSpotUnreachable(tell(DetailCode.RENEWAL_TOO_SLOW)) from fault


def take_lease(connection_id: int, worker: str) -> bool:
    """Be the one worker that may use the connection's refresh token, for 30 s or until `end_lease`."""
    with write_transaction() as session:
        return TOKEN_REFRESH.acquire(session, now(), Connection.id == connection_id, worker=worker)


def end_lease(worker: str) -> None:
    """End the lease if it is still *worker*'s."""
    with write_transaction() as session:
        TOKEN_REFRESH.release(session, worker)


def _refresh_under_lease(team_id: int, worker: str, spent: str | None, taken_over: bool) -> str | None:
    """Refresh unless the previous holder of the lease already did."""
    ended = False
    try:
        connection = usable_connection(team_id)
        known = problem_of(connection)
        try:
            access, used = open_access(connection), open_refresh(connection)
            if not used or (is_fresh(connection) and access != spent):
                return access
            end_read()
            oauth = oauth_client()
            asked_at = now()
            tokens = oauth.refresh(used, Deadline.after(CALL_SECONDS))
        except AccessLost:
            if taken_over:
                _wait_for_former_holder(team_id, used)
            since = known.connected_at
            if lose_access(team_id, lambda row: row.connected_at == since and open_refresh(row) == used):
                raise
            return None
        except _PAUSED_BY as fault:
            record_problem(known, fault.code)
            _cool_down(worker, fault.retry_after or 0.0)
            raise
        except SecretUnreadable as fault:
            record_problem(known, fault.code)
            raise
        ended = True
        return tokens.access_token if _store(team_id, known.connected_at, worker, tokens, used, asked_at) else None
    finally:
        if not ended:
            end_read()
            end_lease(worker)


def _wait_for_former_holder(team_id: int, used: str) -> None:
    """Give a worker that never ended its lease a few seconds to store what HubSpot answered it.

    Its clock may be behind ours. If it has spent the refresh token, HubSpot's refusal tells nothing.
    """
    until = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < until:
        current = open_refresh(usable_connection(team_id))
        end_read()
        if current != used:
            return
        time.sleep(POLL_SECONDS)


def _store(
    team_id: int, connected_at: datetime, worker: str, tokens: Tokens, used: str, asked_at: datetime
) -> bool:
    """Keep what came back; False when somebody connected or disconnected since the refresh token was read.

    The lease need not be ours any more. Should another worker have found *used* dead meanwhile and marked the
    connection lost, it is not lost after all.
    """
    vault = tools().vault
    with write_transaction() as session:
        row = session.scalar(locked_connection(team_id))
        if row is None or row.connected_at != connected_at or open_refresh(row) != used:
            return False
        regained = regain_access(session, row)
        row.access_sealed = vault.seal(sealed_place(team_id, "access token"), tokens.access_token)
        row.refresh_sealed = vault.seal(sealed_place(team_id, "refresh token"), tokens.refresh_token)
        row.access_expires_at = asked_at + timedelta(seconds=tokens.expires_in)
        resolve_all_but_permission(row)
        if row.refresh_owner == worker:
            TOKEN_REFRESH.clear(row)
        usable = row.state == ConnectionState.CONNECTED
    if regained:
        log.warning("Team %d has access to HubSpot again: a renewal that took very long has ended well.", team_id)
    return usable


def _cool_down(worker: str, asked_seconds: float) -> None:
    """Let no worker try again for 30 s, or for as long as HubSpot asked."""
    pause = min(max(COOL_DOWN, timedelta(seconds=asked_seconds)), LONGEST_COOL_DOWN)
    with write_transaction() as session:
        session.execute(
            update(Connection).where(Connection.refresh_owner == worker).values(refresh_not_before=now() + pause)
        )
