"""Memory of properties that HubSpot refuses whatever their value is, so that it is asked once.

What is known belongs to the account that is connected. It is forgotten when somebody connects, when a mapping with
the property is saved, when HubSpot describes the property otherwise than before, and by the daily check where
HubSpot lists it as writable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.mapping import Section
from hubsync.domain.open_troubles import GoneProperty
from hubsync.services import now
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection, locked_connection
from hubsync.store.mappings import MappingRecord, MappingRow

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


def read_gone(team_id: int) -> list[GoneProperty]:
    """Those of them that a calendar of the team still maps, each once; HubSpot is not asked.

    Without any that is refused this is one read.
    """
    found = db.session.scalar(select(Connection.refused_properties).where(Connection.team_id == team_id)) or []
    if not found:
        return []
    mapped = db.session.execute(
        select(MappingRow.section, MappingRow.property_name, MappingRow.property_label, Calendar.id)
        .join(MappingRecord, MappingRow.mapping_id == MappingRecord.id)
        .join(Calendar, MappingRecord.calendar_id == Calendar.id)
        .where(Calendar.team_id == team_id, Calendar.archived_at.is_(None), MappingRecord.active)
        .order_by(Calendar.id)
    ).all()
    gone = []
    for each in found:
        rows = [row for row in mapped if (row.section, row.property_name) == (each["section"], each["property"])]
        if rows:
            since = datetime.fromisoformat(each["since"]) if each.get("since") else None
            calendars = tuple(dict.fromkeys(row.id for row in rows))
            section, label = Section(each["section"]), rows[0].property_label
            gone.append(GoneProperty(section, each["property"], label, each["code"], since, calendars))
    return gone


def _keep(connection: Connection, refused: Mapping[Key, str]) -> None:
    since = {(each["section"], each["property"]): each.get("since") for each in connection.refused_properties}
    connection.refused_properties = [
        {
            "section": section,
            "property": name,
            "code": code,
            "since": since.get((section, name)) or now().isoformat(),
        }
        for (section, name), code in sorted(refused.items())
    ]
