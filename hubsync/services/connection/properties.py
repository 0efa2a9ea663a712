"""Cached HubSpot properties for the mapping editor: read live, cached for minutes, kept while HubSpot is down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hubsync.domain.connections import ConnectionState
from hubsync.domain.mapping import PropertyType, Section
from hubsync.errors import HubSyncError
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.properties import Property
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.refused_properties import forget_where
from hubsync.services.connection.tokens import usable_connection
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection, locked_connection
from hubsync.store.mappings import CachedProperties

FRESH = timedelta(minutes=10)
READING_SECONDS = 6.0


@dataclass(frozen=True)
class KnownProperties:
    """The properties of the team's account, by section; a section that was never read is missing.

    *trouble* is the code of the error that kept them from being read just now, "" when there was none.
    """

    by_section: Mapping[Section, tuple[Property, ...]] = field(default_factory=dict)
    read_at: datetime | None = None
    trouble: str = ""

    def find(self, section: Section, name: str) -> Property | None:
        """The property of this internal name, or None."""
        return next((each for each in self.by_section.get(section, ()) if each.name == name), None)

    def is_gone(self, section: Section, name: str) -> bool:
        """Whether the account has no such property that rows can fill; False while nothing is known."""
        return section in self.by_section and self.find(section, name) is None


def known_properties(team_id: int) -> KnownProperties:
    """What was read last, however long ago; HubSpot is not asked."""
    account_id = db.session.scalar(select(Connection.hubspot_account_id).where(Connection.team_id == team_id))
    rows = db.session.scalars(
        select(CachedProperties).where(CachedProperties.hubspot_account_id == account_id),
        execution_options={"populate_existing": True},
    ).all()
    found = {Section(row.section): tuple(_property(each) for each in row.definitions) for row in rows}
    return KnownProperties(found, min((row.read_at for row in rows), default=None))


def read_properties(team_id: int, *, refresh: bool = False) -> KnownProperties:
    """Return the account's properties, read from HubSpot when they are older than minutes or *refresh* asks.

    When HubSpot cannot be asked, what was read last is returned with ``trouble``; nothing is raised for it.
    """
    known = known_properties(team_id)
    complete = len(known.by_section) == len(Section)
    if complete and not refresh and known.read_at is not None and now() - known.read_at < FRESH:
        return known
    try:
        account_id, read = ask_for_properties(team_id, Deadline.after(READING_SECONDS))
    except HubSyncError as fault:
        return KnownProperties(known.by_section, known.read_at, fault.code)
    with write_transaction() as session:
        keep_properties(session, team_id, account_id, read)
    return KnownProperties({section: tuple(found) for section, found in read.items()}, now())


def ask_for_properties(team_id: int, deadline: Deadline) -> tuple[str, dict[Section, list[Property]]]:
    """Return the id of the team's account and its properties as HubSpot has them now; raises as `with_access`."""
    account_id = usable_connection(team_id).hubspot_account_id
    end_read()
    return account_id, {
        section: with_access(team_id, deadline, _reading(section, deadline), account_id) for section in Section
    }


def _reading(section: Section, deadline: Deadline) -> Callable[[HubSpotClient], list[Property]]:
    return lambda client: client.read_properties(section.value, deadline)


def keep_properties(
    session: Session, team_id: int, account_id: str, read: Mapping[Section, list[Property]]
) -> bool:
    """Keep what was just read from the account, if the team still has it. Called inside `write_transaction`.

    A property that HubSpot describes otherwise than before may be taken again.
    """
    connection = session.scalar(locked_connection(team_id))
    if (
        connection is None
        or connection.state == ConnectionState.DISCONNECTED
        or connection.hubspot_account_id != account_id
    ):
        return False  # somebody connected or disconnected while HubSpot was answering
    kept = session.scalars(select(CachedProperties).where(CachedProperties.hubspot_account_id == account_id)).all()
    before = {(row.section, each["name"]): each for row in kept for each in row.definitions}
    after = {(section.value, each.name): asdict(each) for section, found in read.items() for each in found}
    forget_where(connection, lambda key: key in after and after[key] != before.get(key))
    session.execute(delete(CachedProperties).where(CachedProperties.hubspot_account_id == account_id))
    session.add_all(
        CachedProperties(
            hubspot_account_id=account_id,
            section=section.value,
            definitions=[asdict(each) for each in found],
            read_at=now(),
        )
        for section, found in read.items()
    )
    return True


def _property(kept: Mapping[str, str]) -> Property:
    return Property(
        name=kept["name"],
        label=kept["label"],
        type=cast(PropertyType, kept["type"]),
        group=kept["group"],
        field_type=kept["field_type"],
        description=kept["description"],
    )
