"""Comparison with another HubSpot account: what the team's mappings would lack there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hubsync.domain.mapping import Section
from hubsync.domain.owners import OwnerChoice
from hubsync.domain.sorting import name_order
from hubsync.errors import HubSyncError
from hubsync.hubspot.properties import Property
from hubsync.net.deadline import Deadline
from hubsync.services.connection.clients import client_for
from hubsync.services.connection.parked_tokens import parked_token
from hubsync.store import db, end_read
from hubsync.store.calendars import Calendar
from hubsync.store.connections import ParkedConnection
from hubsync.store.mappings import MappingRecord, MappingRow

READING_SECONDS = 6.0


@dataclass(frozen=True)
class Gap:
    """A mapped property that the other account lacks, or cannot be written there.

    *other_kind* says that it is there but takes another kind of value.
    """

    section: str
    name: str
    label: str
    other_kind: bool = False


@dataclass(frozen=True)
class Comparison:
    """The gaps of each calendar that has any, by its name; *mapped* counts the calendars that were looked at.

    *trouble* is the code of the error that kept the other account's properties from being read. *owners* are the
    calendars whose new records always belong to the same user, with that user's name: the other account has none
    of that id.
    """

    mapped: int
    gaps: Sequence[tuple[Calendar, Sequence[Gap]]] = ()
    trouble: str = ""
    owners: Sequence[tuple[Calendar, str]] = ()


def compare_mappings(parked: ParkedConnection) -> Comparison:
    """Hold the mappings of the team against the properties of the parked account, read with its own token."""
    rows = db.session.scalars(
        select(MappingRecord)
        .join(Calendar)
        .where(Calendar.team_id == parked.team_id, Calendar.archived_at.is_(None))
        .options(selectinload(MappingRecord.rows), joinedload(MappingRecord.calendar))
        .order_by(Calendar.id)
    )
    mappings = sorted(rows, key=lambda each: name_order(each.calendar.name))
    end_read()
    if not mappings:
        return Comparison(0)
    fixed = [each for each in mappings if each.owner_choice is OwnerChoice.FIXED and each.owner_id]
    owners = [(each.calendar, each.owner_name or each.owner_id) for each in fixed]
    deadline = Deadline.after(READING_SECONDS)
    try:
        client = client_for(parked_token(parked))
        known = {
            section.value: {each.name: each for each in client.read_properties(section.value, deadline)}
            for section in Section
        }
    except HubSyncError as fault:
        return Comparison(len(mappings), trouble=fault.code, owners=owners)
    gaps = [(mapping.calendar, _gaps(mapping.rows, known)) for mapping in mappings]
    return Comparison(len(mappings), [(calendar, found) for calendar, found in gaps if found], owners=owners)


def _gaps(rows: Sequence[MappingRow], known: Mapping[str, Mapping[str, Property]]) -> list[Gap]:
    gaps = []
    for row in rows:
        there = known[row.section].get(row.property_name)
        if there is None or there.type != row.property_type:
            gaps.append(Gap(row.section, row.property_name, row.property_label, there is not None))
    return gaps
