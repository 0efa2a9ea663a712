"""Daily check of each connection: whether HubSpot still honours it, and which properties have changed.

HubSpot does not notify us of an uninstall, so somebody has to ask.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from hubsync.domain.connections import ConnectionState
from hubsync.errors import (
    AccessLost,
    AccountProblem,
    HubSpotUnreachable,
    HubSyncError,
    NotConnected,
    PermissionMissing,
)
from hubsync.hubspot.oauth import SCOPES, Introspection
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.access_loss import lose_access
from hubsync.services.connection.clients import oauth_client
from hubsync.services.connection.optional_scopes import check_key
from hubsync.services.connection.owners import renew_if_wanted
from hubsync.services.connection.problems import (
    GRANTED_SCOPES,
    PERMISSION,
    ConnectionProblem,
    problem_of,
    record_problem,
    resolve_all_but_permission,
    resolve_problem,
    resolve_unwanted,
)
from hubsync.services.connection.status import ConnectionStatus, read_status
from hubsync.services.connection.token_refresh import POLL_SECONDS, end_lease, take_lease
from hubsync.services.connection.tokens import open_refresh, usable_connection
from hubsync.services.isolation import log_unexpected
from hubsync.services.mapping.property_refresh import refresh_mappings
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection, locked_connection
from hubsync.store.leases import DAILY_CHECK, is_over
from hubsync.store.teams import Team

EVERY = timedelta(hours=24)
SOONER = timedelta(hours=1)
SECONDS = 18.0  # a page waits for it, and gunicorn gives a silent worker up after 30 s
BATCH = 100


@dataclass(frozen=True)
class CheckedConnection:
    """A connection that was checked: its team's slug, and the code of what is wrong, "" when all is well."""

    team_slug: str
    code: str


def check_due(stopped: Callable[[], bool] = lambda: False) -> list[CheckedConnection]:
    """Check every connection whose check is due, until *stopped*; return what was found.

    Any number of workers may do this at once: each connection is checked by one of them. One that was stopped in
    mid-check is resumed when its lease ends. A connection that is lost is not asked about: what HubSpot
    took away only Connect brings back.
    """
    checked = []
    for connection_id, team_id, slug in _due():
        if stopped():
            break
        with log_unexpected(f"checking the access of team {slug}"):
            if _claim(connection_id) and (code := _check(team_id)) != NotConnected.code:
                checked.append(CheckedConnection(slug, code))
    return checked


def check_now(team_id: int) -> ConnectionStatus:
    """Ask HubSpot at once, because somebody pressed the button; return the team's status then."""
    _check(team_id)
    return read_status(team_id)


def _due() -> list[tuple[int, int, str]]:
    query = (
        select(Connection.id, Connection.team_id, Team.slug)
        .join(Team, Connection.team_id == Team.id)
        .where(*_is_due(), DAILY_CHECK.free(now()))
        .order_by(Connection.next_check_at, Connection.id)
        .limit(BATCH)
    )
    due = [(row.id, row.team_id, row.slug) for row in db.session.execute(query)]
    end_read()
    return due


def _is_due() -> tuple[ColumnElement[bool], ...]:
    return Connection.state == ConnectionState.CONNECTED, is_over(Connection.next_check_at, now(), EVERY)


def _claim(connection_id: int) -> bool:
    with write_transaction() as session:
        return DAILY_CHECK.acquire(session, now(), Connection.id == connection_id, *_is_due())


def _check(team_id: int) -> str:
    """Ask HubSpot and note what it says; return the code of what is wrong, "" when all is well."""
    deadline = Deadline.after(SECONDS)
    try:
        connection = usable_connection(team_id)
        by_oauth, known = bool(connection.refresh_sealed), problem_of(connection)
        end_read()
    except AccessLost as lost:  # also when nothing was posted for too long: then HubSpot is not asked
        end_read()
        _set_next(team_id)
        return lost.code
    except NotConnected as fault:
        end_read()
        return fault.code
    resolve_unwanted(known)
    try:
        code = _introspect(team_id, known, deadline) if by_oauth else ""
        refresh_mappings(team_id, deadline)
        check_key(team_id, deadline)
        renew_if_wanted(team_id, deadline)
    except (AccessLost, PermissionMissing) as fault:  # both are noted already
        return _finish(known, fault.code, EVERY)
    except AccountProblem as fault:
        return _finish(known, fault.code, SOONER)
    except NotConnected as fault:
        return fault.code
    except HubSyncError as fault:
        record_problem(known, fault.code)
        return _finish(known, fault.code, SOONER, answered=False)
    return _finish(known, code, EVERY, well=True)


def _introspect(team_id: int, known: ConnectionProblem, deadline: Deadline) -> str:
    """Ask what HubSpot knows of the refresh token; return the code for a scope that was taken back, else "".

    Nobody may renew it meanwhile: HubSpot would call a token inactive that was just replaced. Raises AccessLost
    when it is inactive, AppMisconfigured, or what passes.
    """
    oauth = oauth_client()
    worker = _hold_refresh_token(team_id, deadline)
    refresh_token = ""
    try:
        refresh_token = open_refresh(usable_connection(team_id))
        end_read()
        facts = oauth.introspect(refresh_token, "refresh_token", deadline)
        if not facts.active:
            raise AccessLost("HubSpot calls the refresh token inactive")
    except AccessLost as fault:
        since = known.connected_at
        if lose_access(team_id, lambda row: row.connected_at == since and open_refresh(row) == refresh_token):
            raise
        raise HubSpotUnreachable("access was renewed meanwhile") from fault
    finally:
        end_read()
        end_lease(worker)
    return _compare_scopes(known, facts)


def _hold_refresh_token(team_id: int, deadline: Deadline) -> str:
    worker = secrets.token_hex(8)
    while True:
        connection_id = usable_connection(team_id).id
        end_read()
        if take_lease(connection_id, worker):
            return worker
        if deadline.left() < POLL_SECONDS:
            raise HubSpotUnreachable("another worker is renewing the access to HubSpot")
        time.sleep(POLL_SECONDS)


def _compare_scopes(known: ConnectionProblem, facts: Introspection) -> str:
    """Keep the scopes as HubSpot names them now; permission_missing when one that is needed is not among them."""
    with write_transaction() as session:
        row = session.scalar(locked_connection(known.team_id))
        if row is not None and row.connected_at == known.connected_at:
            row.scopes = list(facts.scopes) or row.scopes
            resolve_all_but_permission(row)
    if not facts.scopes or set(SCOPES) <= set(facts.scopes):
        resolve_problem(known, GRANTED_SCOPES)
        return ""
    record_problem(known, PERMISSION, GRANTED_SCOPES)
    return PERMISSION


def _finish(
    known: ConnectionProblem, code: str, pause: timedelta, *, well: bool = False, answered: bool = True
) -> str:
    """Write down that the check is over, unless another connection took this one's place."""
    with write_transaction() as session:
        row = session.scalar(locked_connection(known.team_id))
        if row is not None and row.connected_at == known.connected_at:
            DAILY_CHECK.clear(row)
            row.next_check_at = now() + pause
            if answered:
                row.checked_at = now()
            if well:
                resolve_all_but_permission(row)
    return code


def _set_next(team_id: int) -> None:
    with write_transaction() as session:
        session.execute(
            update(Connection)
            .where(Connection.team_id == team_id, Connection.state == ConnectionState.CONNECTED)
            .values(next_check_at=now() + EVERY, **DAILY_CHECK.released())
        )
