"""Optional scopes: which features want which, what the app is said to list, what HubSpot gave.

They are asked for only when a feature is switched on *and* somebody has said that this installation's app lists
them: HubSpot stops the installation at a scope of the address that the app's project file lacks.
https://developers.hubspot.com/changelog/advanced-auth-and-scope-settings-for-public-apps
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.owners import OwnerChoice
from hubsync.domain.roles import Action
from hubsync.errors import HubSyncError, PermissionMissing
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.oauth import OPTIONAL_SCOPES, OWNERS_READ
from hubsync.net.deadline import Deadline
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.tokens import usable_connection
from hubsync.services.teams.members import require
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection, connection_of, locked_connection
from hubsync.store.mappings import MappingRecord
from hubsync.store.owners import OwnerReading, clear_trouble
from hubsync.store.teams import Team

CHECK_SECONDS = 5.0
_WANTS_OWNERS = (MappingRecord.owner_choice != OwnerChoice.NONE, Calendar.archived_at.is_(None))


@dataclass(frozen=True)
class WantedScope:
    """An optional scope and who wants it: the *calendars* whose new records get an owner.

    *granted* says whether HubSpot gave it, as far as is known; *listed* that the app is said to list it.
    """

    scope: str
    calendars: tuple[str, ...]
    granted: bool
    listed: bool


def wanted_scopes(team_id: int) -> tuple[WantedScope, ...]:
    """The optional scopes that features of the team's calendars want, and how it stands with each."""
    query = (
        select(Calendar.name)
        .join(MappingRecord, MappingRecord.calendar_id == Calendar.id)
        .where(Calendar.team_id == team_id, *_WANTS_OWNERS)
        .order_by(Calendar.name, Calendar.id)
    )
    calendars = tuple(db.session.scalars(query))
    if not calendars:
        return ()
    connection = connection_of(team_id)
    granted = False
    if connection is not None and connection.state != ConnectionState.DISCONNECTED:
        trouble = select(OwnerReading.trouble).where(
            OwnerReading.hubspot_account_id == connection.hubspot_account_id
        )
        refused = db.session.scalar(trouble) == PermissionMissing.code
        granted = may_have(connection.scopes, OWNERS_READ) and not refused
    return (WantedScope(OWNERS_READ, calendars, granted, OWNERS_READ in listed_scopes(team_id)),)


def teams_that_wait() -> dict[str, list[str]]:
    """The slugs of the teams whose features wait for an optional scope, by scope."""
    query = (
        select(Team.id, Team.slug)
        .join(Calendar, Calendar.team_id == Team.id)
        .join(MappingRecord, MappingRecord.calendar_id == Calendar.id)
        .where(*_WANTS_OWNERS)
        .distinct()
        .order_by(Team.slug)
    )
    waiting: dict[str, list[str]] = {}
    for team_id, slug in db.session.execute(query):
        for each in wanted_scopes(team_id):
            if not each.granted:
                waiting.setdefault(each.scope, []).append(slug)
    return waiting


def may_have(scopes: Sequence[str], scope: str) -> bool:
    """Whether HubSpot may have given *scope*; where it did not say what it gave, only a call can tell."""
    return not scopes or scope in scopes


def listed_scopes(team_id: int) -> list[str]:
    """The optional scopes that the app is said to list."""
    return list(db.session.scalars(select(Team.listed_scopes).where(Team.id == team_id)).one())


def scopes_to_ask_for(team_id: int) -> tuple[str, ...]:
    """What stands in ``optional_scope`` of the address at Connect."""
    return tuple(each.scope for each in wanted_scopes(team_id) if each.listed)


def say_listed(team_id: int, person_id: int, *, listed: bool) -> None:
    """Note that the app lists all the optional scopes, or that it does not. Raises RoleTooLow."""
    with write_transaction() as session:
        require(session, team_id, person_id, Action.CONNECT)
        session.get_one(Team, team_id).listed_scopes = list(OPTIONAL_SCOPES) if listed else []


def note_scope(team_id: int, scope: str, *, granted: bool) -> None:
    """Keep what a call has shown of an optional scope of the team's connection."""
    with write_transaction() as session:
        note_scope_in(session, team_id, scope, granted=granted)


def note_scope_in(session: Session, team_id: int, scope: str, *, granted: bool) -> None:
    """The same, inside `write_transaction`. Where HubSpot did not say what it gave, that stays unknown."""
    connection: Connection | None = session.scalar(
        locked_connection(team_id), execution_options={"populate_existing": True}
    )
    if connection is None:
        return
    if granted:
        clear_trouble(session, connection.hubspot_account_id)
    if not connection.scopes or granted == (scope in connection.scopes):
        return
    others = [each for each in connection.scopes if each != scope]
    connection.scopes = [*others, scope] if granted else others


def check_key(team_id: int, deadline: Deadline | None = None) -> None:
    """Find out what the team's service key may do, if a feature wants more than the least; nothing for other ways.

    Asked when a feature is switched on, and daily. What keeps HubSpot from answering leaves all as it was known.
    """
    wanted = [each.scope for each in wanted_scopes(team_id)]
    connection = connection_of(team_id)
    is_key = connection is not None and connection.method == ConnectMethod.SERVICE_KEY
    end_read()
    if not wanted or not is_key:
        return
    deadline = (deadline or Deadline.after(CHECK_SECONDS)).within(CHECK_SECONDS)
    try:
        account_id = usable_connection(team_id).hubspot_account_id
        end_read()
        granted = with_access(team_id, deadline, lambda client: is_granted_owners(client, deadline), account_id)
    except HubSyncError:
        return
    finally:
        end_read()
    note_scope(team_id, OWNERS_READ, granted=granted)


def is_granted_owners(client: HubSpotClient, deadline: Deadline) -> bool:
    """Whether the key may read owners: as HubSpot lists it, else as a read shows it."""
    try:
        return OWNERS_READ in client.read_key_scopes(deadline)
    except HubSyncError:  # an old address, which may end; what it answers proves nothing
        pass
    try:
        client.prove_owners(deadline)
    except PermissionMissing:
        return False
    return True
