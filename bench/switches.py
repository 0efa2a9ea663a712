"""What can be switched on for an installation of the bench, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select, update

from bench.installation import Installation
from hubsync.domain.mapping import WhenExists
from hubsync.domain.meeting_template import DEFAULT_TITLE
from hubsync.domain.owners import OwnerChoice
from hubsync.services.connection import watch_only
from hubsync.services.connection.optional_scopes import check_key
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord, MappingRow
from tests.kit import rows

OWNER_ID = "71001"
"""The user that every account of the stand-in has."""
FILLED = (("companies", "city"), ("contacts", "jobtitle"))


def fill(installation: Installation, *, on: bool = True) -> None:
    """A row of each section fills what is empty of a record that exists."""
    with installation.app.app_context(), write_transaction() as session:
        mapping = session.scalars(select(MappingRecord)).one()
        for section, name in FILLED:
            if on:
                fills = {"when_exists": WhenExists.FILL}
                rows.add_mapping_row(session, mapping.id, section, name, "fact:calendar", **fills)
            else:
                session.execute(delete(MappingRow).where(MappingRow.property_name == name))


def associate(installation: Installation, *, on: bool = True) -> None:
    """A contact that exists without a company is associated."""
    switch(installation, associates_existing=on)


def put_on_timeline(installation: Installation, *, on: bool = True) -> None:
    """The calendar puts its bookings on the timeline."""
    switch(installation, meetings_on=on, meeting_title=DEFAULT_TITLE)


def give_owner(installation: Installation, *, on: bool = True) -> None:
    """New records belong to one user; the service key is asked whether it may read users, as by the editor."""
    choice = OwnerChoice.FIXED if on else OwnerChoice.NONE
    switch(installation, owner_choice=choice, owner_id=OWNER_ID)
    with installation.app.app_context():
        check_key(installation.team_id)


def watch_alone(installation: Installation, *, on: bool = True) -> None:
    """The team watches only."""
    who = installation.team_id, installation.owner_id
    with installation.app.app_context():
        if on:
            watch_only.switch_on(*who)
        else:
            account_id = db.session.scalars(select(Connection.hubspot_account_id)).one()
            end_read()
            watch_only.switch_off(*who, account_id)


def switch(installation: Installation, **columns: Any) -> None:
    """Change what the mapping of the calendar has beside its rows."""
    with installation.app.app_context(), write_transaction() as session:
        session.execute(update(MappingRecord).values(**columns))


SWITCHES: Mapping[str, Callable[..., None]] = {
    each.__name__: each for each in (fill, associate, put_on_timeline, give_owner, watch_alone)
}
