"""Memory of properties that HubSpot refuses whatever their value is, so that it is asked once.

What is known belongs to the account that is connected. It is forgotten when somebody connects, when a mapping with
the property is saved, when HubSpot describes the property otherwise than before, and by the daily check where
HubSpot lists it as writable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.mapping import Section
from hubsync.store import db
from hubsync.store.connections import Connection, locked_connection

Key = tuple[str, str]
"""(section, property's internal name)"""


def refused_by(connection: Connection) -> dict[Key, str]:
    """HubSpot's code for each property that it refused for good."""
    return {(each["section"], each["property"]): each["code"] for each in connection.refused_properties}


def read_refused(team_id: int) -> dict[Section, dict[str, str]]:
    """The same of the team's account, by section."""
    kept = db.session.scalar(select(Connection.refused_properties).where(Connection.team_id == team_id)) or []
    refused: dict[Section, dict[str, str]] = {section: {} for section in Section}
    for each in kept:
        refused[Section(each["section"])][each["property"]] = each["code"]
    return refused


def remember_refused(session: Session, team_id: int, account_id: str, refused: Mapping[Key, str]) -> None:
    """Add *refused* to what is known of the account, if the team still has it. Inside `write_transaction`."""
    connection = session.scalar(locked_connection(team_id), execution_options={"populate_existing": True})
    if connection is not None and connection.hubspot_account_id == account_id:
        _keep(connection, {**refused_by(connection), **refused})


def forget_refused(session: Session, team_id: int, keys: Collection[Key]) -> None:
    """Let the next booking try the properties again. Called inside `write_transaction`."""
    connection = session.scalar(locked_connection(team_id), execution_options={"populate_existing": True})
    if connection is not None:
        forget_where(connection, lambda key: key in keys)


def forget_where(connection: Connection, is_over: Callable[[Key], bool]) -> None:
    """Forget what *is_over* says of. Called inside `write_transaction`, with a locked row of its session."""
    known = refused_by(connection)
    left = {key: code for key, code in known.items() if not is_over(key)}
    if left != known:
        _keep(connection, left)


def _keep(connection: Connection, refused: Mapping[Key, str]) -> None:
    connection.refused_properties = [
        {"section": section, "property": name, "code": code} for (section, name), code in sorted(refused.items())
    ]
