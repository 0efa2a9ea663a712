"""Cached owners of a HubSpot account: read once a day, kept while HubSpot is down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from hubsync.domain.connections import ConnectionState
from hubsync.domain.owners import Owner, OwnerChoice, OwnerRule, address_key
from hubsync.errors import HubSyncError, PermissionMissing
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.hubspot.owners import OwnerPage
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.optional_scopes import may_have, note_scope_in, wanted_scopes
from hubsync.services.connection.tokens import usable_connection
from hubsync.store import db, end_read, retry_on_conflict, run, write_transaction
from hubsync.store.connections import Connection, connection_of, locked_connection
from hubsync.store.owners import KnownOwner, OwnerReading

FRESH = timedelta(days=1)
"""Only who was an owner so lately is written to a record."""
RENEWED = timedelta(hours=12)
"""The daily check reads owners that are older, so that bookings seldom have to."""
TRIED_AGAIN = timedelta(minutes=10)
"""After a reading in vain bookings leave it alone for so long, and go without."""
READING_SECONDS = 6.0
_READING = OwnerReading.__table__
MOST_PAGES = 20
"""Of 500 owners each; what goes beyond is not read."""

Ask = Callable[[Callable[[HubSpotClient], OwnerPage]], OwnerPage]


@dataclass(frozen=True)
class KnownOwners:
    """The owners of the team's account, active ones and others, by name; and when they were read.

    *trouble* is the code of the error that kept them from being read, "" when there was none.
    """

    owners: tuple[Owner, ...] = ()
    read_at: datetime | None = None
    trouble: str = ""

    @property
    def lacks_permission(self) -> bool:
        return self.trouble == PermissionMissing.code

    @property
    def choices(self) -> tuple[Owner, ...]:
        """Those whom new records can be given."""
        return tuple(each for each in self.owners if each.can_own)


def known_owners(team_id: int) -> KnownOwners:
    """What was read last, however long ago; HubSpot is not asked."""
    connection = db.session.execute(
        select(Connection.hubspot_account_id, Connection.scopes, Connection.state).where(
            Connection.team_id == team_id
        )
    ).one_or_none()
    if connection is None:
        return KnownOwners()
    account_id = connection.hubspot_account_id
    reading = db.session.get(OwnerReading, account_id, populate_existing=True)
    query = select(KnownOwner).where(KnownOwner.hubspot_account_id == account_id)
    rows = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    owners = sorted((_owner(row) for row in rows), key=lambda each: (each.shown.casefold(), each.id))
    trouble = reading.trouble if reading is not None else ""
    if connection.state == ConnectionState.CONNECTED and not may_have(connection.scopes, OWNERS_READ):
        trouble = PermissionMissing.code
    return KnownOwners(tuple(owners), reading.read_at if reading is not None else None, trouble)


def read_owners(team_id: int, *, refresh: bool = False) -> KnownOwners:
    """The owners, read from HubSpot when they are older than a day or *refresh* asks.

    When HubSpot cannot be asked, what was read last is returned with ``trouble``; nothing is raised for it.
    """
    known = known_owners(team_id)
    if not refresh and known.read_at is not None and now() - known.read_at < FRESH:
        return known
    end_read()
    try:
        ask_and_keep(team_id, Deadline.after(READING_SECONDS))
    except HubSyncError as fault:
        end_read()
        return KnownOwners(known.owners, known.read_at, fault.code)
    return known_owners(team_id)


def renew_if_wanted(team_id: int, deadline: Deadline) -> None:
    """Read the owners again for the daily check, if a calendar goes by them; what goes wrong is noted there."""
    connection = connection_of(team_id) if wanted_scopes(team_id) else None
    reading = reading_of(connection.hubspot_account_id) if connection is not None else None
    end_read()
    if connection is None or not may_have(connection.scopes, OWNERS_READ):
        return
    if reading is None or reading.read_at is None or now() - reading.read_at >= RENEWED:
        try:
            ask_and_keep(team_id, deadline.within(READING_SECONDS))
        except HubSyncError:
            end_read()


def ask_and_keep(team_id: int, deadline: Deadline) -> None:
    """Read the team's account; raises as `with_access`, and notes that it was in vain."""
    account_id = usable_connection(team_id).hubspot_account_id
    end_read()
    read_and_keep(team_id, account_id, partial(with_access, team_id, deadline, account_id=account_id), deadline)


def read_and_keep(team_id: int, account_id: str, ask: Ask, deadline: Deadline) -> None:
    """Read all owners by *ask* and keep them; what went wrong is kept too, and raised.

    HubSpot's refusal for want of the permission is kept on the connection: until HubSpot gives it, nobody asks.
    """
    try:
        owners = _read_all(ask, deadline)
    except HubSyncError as fault:
        end_read()
        retry_on_conflict(partial(_note_trouble, team_id, account_id, fault))
        raise
    retry_on_conflict(partial(_keep, team_id, account_id, owners))


def find_owners(account_id: str, rule: OwnerRule, host_email: str) -> list[Owner]:
    """Those whom *rule* may mean, of what was read last."""
    query = select(KnownOwner.__table__).where(KnownOwner.hubspot_account_id == account_id)
    if rule.choice is OwnerChoice.HOST:
        query = query.where(KnownOwner.address_key == address_key(host_email))
    else:
        query = query.where(KnownOwner.owner_id == rule.owner_id)
    return [_owner(row) for row in run(db.session(), query)]


def reading_of(account_id: str) -> OwnerReading | None:
    """When the account's owners were read."""
    return db.session.get(OwnerReading, account_id, populate_existing=True)


def is_fresh(reading: OwnerReading | None) -> bool:
    """Whether what was read may be written to records."""
    return reading is not None and reading.read_at is not None and now() - reading.read_at < FRESH


def lately_met(reading: OwnerReading | None) -> str:
    """The code of what a reading met so lately that bookings leave it alone; "" when they may read."""
    return reading.trouble if reading is not None and now() - reading.tried_at < TRIED_AGAIN else ""


def doubt(account_id: str) -> None:
    """Have the owners read again by the next booking: HubSpot refused one of them.

    Not those that were read a moment ago, lest each booking reads them.
    """
    before = now() - TRIED_AGAIN
    with write_transaction() as session:
        session.execute(
            update(OwnerReading)
            .where(OwnerReading.hubspot_account_id == account_id, OwnerReading.read_at < before)
            .values(read_at=None)
        )


def _read_all(ask: Ask, deadline: Deadline) -> list[Owner]:
    owners: dict[str, Owner] = {}
    for archived in (True, False):  # who is in both was activated again meanwhile
        after = ""
        for _ in range(MOST_PAGES):
            page = ask(_listing(archived, after, deadline))
            owners |= {each.id: each for each in page.owners}
            if not page.after or page.after == after:
                break
            after = page.after
    return list(owners.values())


def _listing(archived: bool, after: str, deadline: Deadline) -> Callable[[HubSpotClient], OwnerPage]:
    return lambda client: client.list_owners(deadline, archived=archived, after=after)


def _keep(team_id: int, account_id: str, owners: list[Owner]) -> None:
    with write_transaction() as session:
        if not _is_still_of(session, team_id, account_id):
            return
        note_scope_in(session, team_id, OWNERS_READ, granted=True)
        _write_reading(session, account_id, read_at=now(), tried_at=now(), trouble="")
        session.execute(delete(KnownOwner).where(KnownOwner.hubspot_account_id == account_id))
        if owners:
            session.execute(insert(KnownOwner), [_row(account_id, each) for each in owners])


def _note_trouble(team_id: int, account_id: str, fault: HubSyncError) -> None:
    with write_transaction() as session:
        if not _is_still_of(session, team_id, account_id):
            return
        if isinstance(fault, PermissionMissing):
            note_scope_in(session, team_id, OWNERS_READ, granted=False)
        _write_reading(session, account_id, tried_at=now(), trouble=fault.code)


def _is_still_of(session: Session, team_id: int, account_id: str) -> bool:
    """Whether nobody connected another account, or disconnected, while HubSpot was answering."""
    connection = session.scalar(locked_connection(team_id))
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        return False
    return connection.hubspot_account_id == account_id


def _write_reading(session: Session, account_id: str, **values: Any) -> None:
    """Write it whether or not there is one: another process may have forgotten the account since it was read."""
    written = run(session, _READING.update().where(_READING.c.hubspot_account_id == account_id).values(values))
    if not written.rowcount:
        run(session, _READING.insert(), {"hubspot_account_id": account_id, **values})


def _row(account_id: str, owner: Owner) -> dict[str, object]:
    return {
        "hubspot_account_id": account_id,
        "owner_id": owner.id,
        "email": owner.email,
        "address_key": address_key(owner.email),
        "name": owner.name,
        "archived": owner.archived,
        "person": owner.person,
    }


def _owner(row: Any) -> Owner:
    return Owner(row.owner_id, row.email, row.name, row.archived, row.person)
