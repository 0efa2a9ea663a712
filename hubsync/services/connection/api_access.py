"""API access for a team: a valid access token, refreshed when it has to be."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlalchemy import bindparam, select

from hubsync.errors import (
    AccessExpired,
    AccessLost,
    DetailCode,
    HubSpotBusy,
    HubSpotError,
    HubSyncError,
    NotAsked,
    PermissionMissing,
    Remedy,
    Scope,
    SecretUnreadable,
    tell,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.services.connection.access_loss import lose_access
from hubsync.services.connection.clients import client_for
from hubsync.services.connection.problems import (
    ConnectionProblem,
    is_of_optional_scope,
    problem_of,
    record_problem,
    resolve_problem,
)
from hubsync.services.connection.token_refresh import POLL_SECONDS, cooling, is_leased, refresh
from hubsync.services.connection.tokens import (
    LAST_MOMENT,
    is_fresh,
    open_access,
    usable_connection,
)
from hubsync.store import db, end_read, run
from hubsync.store.connections import Connection

Result = TypeVar("Result")
JUST_READ_SECONDS = 0.05
"""So long after it was read a connection is called for the first time without another look: a commit's time."""
_TABLE = Connection.__table__
_GLANCED = (
    "state",
    "hubspot_account_id",
    "connected_at",
    "access_sealed",
    "access_expires_at",
    "trouble_code",
    "trouble_call",
    "watching_since",
)
_GLANCE = select(*_TABLE.c[_GLANCED]).where(_TABLE.c.team_id == bindparam("team_id"))


@dataclass(frozen=True)
class _Access:
    """A token to call with. *lasting*: a service key, which cannot be renewed. *known*: the problem so far.

    *only_reads*: the connection is on watch only.
    """

    token: str = field(repr=False)
    lasting: bool
    known: ConnectionProblem
    only_reads: bool


class CachedAccess:
    """The access that an attempt works with: looked at again before each call, opened once.

    Nothing but a glance is needed while the row says what it said: opening the token and all the questions about
    the connection cost more than the glance. For a call right after the connection was read not even that.
    """

    def __init__(self) -> None:
        self._access: _Access | None = None
        self._seen: tuple[object, ...] = ()
        self._just_read = Deadline(0.0)

    def take(self, connection: Connection) -> None:
        """Hold the access of *connection* as it was just read, if its token is good for long enough."""
        self._access = None
        if is_fresh(connection):
            with suppress(SecretUnreadable):  # whoever needs the token says so
                self._access = _access_of(connection)
                self._seen = tuple(getattr(connection, name) for name in _GLANCED)
                self._just_read = Deadline.after(JUST_READ_SECONDS)

    def look(self, team_id: int) -> _Access | None:
        """The access held, if its row was just read or has not changed since; ends the reading transaction."""
        if self._access is None:
            return None
        just_read, self._just_read = self._just_read.left() > 0, Deadline(0.0)
        if just_read:
            end_read()
            return self._access
        row = run(db.session(), _GLANCE, {"team_id": team_id}).one_or_none()
        end_read()
        return self._access if row is not None and tuple(row) == self._seen else None


def with_access(
    team_id: int,
    deadline: Deadline,
    call: Callable[[HubSpotClient], Result],
    account_id: str = "",
    held: CachedAccess | None = None,
) -> Result:
    """Return what *call* returns; after a 401 renew the token once and call once more.

    A second 401 means that HubSpot no longer honours the connection: it is marked lost and AccessLost raised. A
    service key cannot be renewed; whether HubSpot still honours it is asked with a property read instead.
    Raises NotConnected when the team is connected to another account than *account_id* if that is given,
    IdleExpired, WatchOnly where *call* would write while the team watches only, AppMisconfigured,
    SecretUnreadable, or a passing HubSpot error when a due refresh failed. *held* is what an attempt that took its
    connection holds.
    """
    access = (held.look(team_id) if held is not None else None) or _live(team_id, deadline, account_id)
    try:
        return _ask(access, call)
    except AccessExpired as fault:
        if access.lasting:
            _ask_whether_key_is_honoured(access, deadline, fault)
        else:
            access = _live(team_id, deadline, account_id, spent=access.token)
    try:
        return _ask(access, call)
    except AccessExpired as fault:
        if access.lasting:  # HubSpot honours the key elsewhere, so a 401 here proves nothing
            raise HubSpotBusy(tell(DetailCode.KEY_REFUSED_ONCE), status=401) from fault
        raise _lost(access, fault) from fault


def _ask(access: _Access, call: Callable[[HubSpotClient], Result]) -> Result:
    client = client_for(access.token, only_reads=access.only_reads)
    try:
        result = call(client)
    except HubSpotError as fault:
        if fault.remedy is Remedy.HUBSPOT and not is_of_optional_scope(fault.code, client.asked):
            record_problem(access.known, fault.code, client.asked)
        raise
    resolve_problem(access.known, client.asked)
    return result


def _ask_whether_key_is_honoured(access: _Access, deadline: Deadline, fault: AccessExpired) -> None:
    """Raise AccessLost when HubSpot refuses the service key for reading properties too.

    A 401 by itself is no valid sign:
    https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    """
    try:
        client_for(access.token).read_properties("contacts", deadline)
    except AccessExpired:
        raise _lost(access, fault) from fault
    except PermissionMissing:
        return  # the key is known there


def _lost(access: _Access, fault: AccessExpired) -> HubSpotError:
    """Mark the connection lost, unless it has another token by now; return the error that says which it was."""
    since = access.known.connected_at
    if lose_access(
        access.known.team_id, lambda row: row.connected_at == since and open_access(row) == access.token
    ):
        return AccessLost(tell(DetailCode.ACCESS_REFUSED), status=fault.status, category=fault.category)
    return NotAsked("access was renewed meanwhile", status=fault.status)


def _access_of(connection: Connection) -> _Access:
    watching = connection.watching_since is not None
    return _Access(open_access(connection), not connection.refresh_sealed, problem_of(connection), watching)


def _live(team_id: int, deadline: Deadline, account_id: str = "", spent: str | None = None) -> _Access:
    """The current access token, renewed first when it is about to expire or is the *spent* one HubSpot refused."""
    while True:
        connection = usable_connection(team_id, account_id)
        access = _access_of(connection)
        token = access.token
        good = token != spent and is_fresh(connection, LAST_MOMENT)
        leased, pause = is_leased(connection), cooling(connection)
        end_read()
        if access.lasting or (token != spent and is_fresh(connection)):
            return access
        if pause is not None:
            if good:
                return access
            raise pause
        if not leased:
            try:
                renewed = refresh(connection, spent, deadline)
            except HubSyncError as fault:
                if fault.scope is Scope.ACCESS or not good:
                    raise
                return access
            if renewed is not None:
                return replace(access, token=renewed)
        if deadline.left() < POLL_SECONDS:
            raise NotAsked("another worker is renewing the access to HubSpot")
        time.sleep(POLL_SECONDS)
