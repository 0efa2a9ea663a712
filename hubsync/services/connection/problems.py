"""Problems of a connection that is still valid: their kind, since when, and what proves them over."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, case, or_, select, update
from sqlalchemy.orm import Session

from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import IN_TROUBLE
from hubsync.errors import (
    AccountFull,
    AccountSuspended,
    AppMisconfigured,
    PermissionMissing,
    Scope,
    SecretUnreadable,
    codes,
)
from hubsync.hubspot.caller import READING_OWNERS
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now
from hubsync.services.connection.access_loss import hubspot_page
from hubsync.store import changed, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.counts import count_with_reason
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import Team

PERMISSION = PermissionMissing.code
SETTINGS = codes(scopes={Scope.INSTALLATION})
NEEDS_SOMEBODY = codes(scopes={Scope.PERMISSION, Scope.ACCOUNT, Scope.INSTALLATION})
"""Problems of a valid connection that no waiting mends."""
OF_ONE_KIND = (*codes(scopes={Scope.PERMISSION}), AccountFull.code)
"""Met by one kind of call, while others succeed: HubSpot's answers to other calls do not prove it over.

A full account is among them for what HubSpot does with it: it takes no records, and is read as ever.
"""
OPT_IN: Mapping[str, ColumnElement[bool]] = {
    "meetings": MappingRecord.meetings_on.is_(True),
    "associations": MappingRecord.associates_existing.is_(True),
}
"""What is called for features that are off out of the box, and the condition that a mapping has the feature on."""
GRANTED_SCOPES = "scopes"  # what the daily check looks at; the other kinds are those of HubSpotClient.asked

TOLD = {
    PERMISSION: "HubSpot refuses something for want of a permission. Give it to HubSync there and connect again",
    AppMisconfigured.code: (
        "HubSpot refuses this installation's app. Set HUBSYNC_HUBSPOT_CLIENT_ID and HUBSYNC_HUBSPOT_CLIENT_SECRET "
        "to what HubSpot shows for it, and restart"
    ),
    AccountFull.code: "HubSpot takes no more records: the account is full. Make room there, or raise its limit",
    AccountSuspended.code: "HubSpot has suspended the account. Have it activated again there",
    SecretUnreadable.code: (
        "no key of HUBSYNC_ENCRYPTION_KEYS opens its access to HubSpot. Put the former key back, or connect again"
    ),
}
"""What the log says of problems that somebody has to mend."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConnectionProblem:
    """The problem that a connection had when it was read.

    *connected_at* tells this connection from a later one of the team; *call* is the kind of call that met it.
    """

    team_id: int
    connected_at: datetime
    code: str = ""
    call: str = ""


def problem_of(connection: Connection) -> ConnectionProblem:
    """The connection's problem; without a code when there is none."""
    return ConnectionProblem(
        connection.team_id, connection.connected_at, connection.trouble_code, connection.trouble_call
    )


def refused_permission(code: str, call: str) -> str:
    """The permission for want of which HubSpot refused *call*; "" where the kind of call does not tell it."""
    verb, _, records = call.partition(" ")
    scope = f"crm.objects.{records}.{verb}"
    return scope if code == PERMISSION and scope in SCOPES else ""


def is_of_optional_scope(code: str, call: str) -> bool:
    """Whether a permission was missing that only an opt-in feature wants: all else works, so it is no problem.

    What waits for it is said by `optional_scopes`.
    """
    return code == PERMISSION and call == READING_OWNERS


def record_problem(known: ConnectionProblem, code: str, call: str = "") -> None:
    """Note that the connection met *code*, unless it is another one by now.

    What passes by itself does not hide what somebody has to mend; that the log tells when it begins. *since* stays
    while the code does.
    """
    if (known.code, known.call) == (code, call):
        return
    with write_transaction() as session:
        change = _of(known).where(or_(Connection.trouble_code != code, Connection.trouble_call != call))
        if code not in NEEDS_SOMEBODY:
            change = change.where(Connection.trouble_code.not_in(NEEDS_SOMEBODY))
        since = case((Connection.trouble_code == code, Connection.trouble_at), else_=now())
        noted = changed(session, change.values(trouble_code=code, trouble_call=call, trouble_at=since))
        begins = noted == 1 and known.code != code
        slug = session.get_one(Team, known.team_id).slug if begins else ""
    if begins and code in TOLD:
        log.warning("Team %s: %s. Its connection stands: %s", slug, TOLD[code], hubspot_page(slug))


def resolve_problem(known: ConnectionProblem, call: str) -> None:
    """Note that a call of the kind *call* succeeded: what passes is over, and so is what the same kind met.

    That the app's settings are right again only a token that HubSpot renewed or looked into proves.
    """
    over = known.code not in SETTINGS and (known.code not in OF_ONE_KIND or known.call == call)
    if known.code and over:
        with write_transaction() as session:
            _end(session, known)


def resolve_unwanted(known: ConnectionProblem) -> None:
    """Note that a permission is not missing any more that only a feature wanted which is on nowhere by now.

    No call of its kind may come to show that it is there. One that holds a booking up stays missing.
    """
    _verb, _, records = known.call.partition(" ")
    if known.code != PERMISSION or records not in OPT_IN:
        return
    wanted = select(MappingRecord.id).join(Calendar, Calendar.id == MappingRecord.calendar_id)
    with write_transaction() as session:
        if (
            session.scalar(wanted.where(Calendar.team_id == known.team_id, OPT_IN[records]).limit(1)) is None
            and count_with_reason(known.team_id, IN_TROUBLE, (PERMISSION,)) == 0
        ):
            _end(session, known)


def resolve_all_but_permission(connection: Connection) -> None:
    """Note that HubSpot accepted the app and the tokens, which proves nothing of one kind of call.

    Called inside `write_transaction`, with a row of its session.
    """
    if connection.trouble_code not in OF_ONE_KIND:
        clear_problem(connection)
    connection.refresh_not_before = None


def clear_problem(connection: Connection) -> None:
    """Clear the problem. Called inside `write_transaction`, with a row of its session."""
    connection.trouble_code, connection.trouble_call, connection.trouble_at = "", "", None


def _end(session: Session, known: ConnectionProblem) -> None:
    """The problem is over, unless the connection has met another one since; the caller commits."""
    met = (Connection.trouble_code == known.code, Connection.trouble_call == known.call)
    session.execute(_of(known).where(*met).values(trouble_code="", trouble_call="", trouble_at=None))


def _of(known: ConnectionProblem) -> Update:
    return update(Connection).where(
        Connection.team_id == known.team_id,
        Connection.state == ConnectionState.CONNECTED,
        Connection.connected_at == known.connected_at,
    )
