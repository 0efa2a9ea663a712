"""Refresh of the types and labels of HubSpot's properties that mapping rows keep."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hubsync.domain.mapping import Section
from hubsync.hubspot.properties import Property, arrange
from hubsync.net.deadline import Deadline
from hubsync.services.connection.properties import ask_for_properties, keep_properties
from hubsync.services.connection.refused_properties import forget_refused
from hubsync.store import retry_on_conflict, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord, MappingRow

LONGEST_LABEL = 500


def refresh_mappings(team_id: int, deadline: Deadline) -> int:
    """Read the account's properties and renew what the team's rows keep of them; return how many rows changed.

    A property that is gone leaves its row as it is, for the editor to mark; one that HubSpot lists as writable is
    tried again, should it have been refused. The mapping's version stays: somebody
    who has it open can still save it. Raises as `with_access`; nothing has changed then.
    """
    account_id, read = ask_for_properties(team_id, deadline)

    def unit() -> int:
        with write_transaction() as session:
            if not keep_properties(session, team_id, account_id, read):
                return 0
            writable = {(section.value, each.name) for section, found in read.items() for each in found}
            forget_refused(session, team_id, writable)
            return sum(_renew_rows(session, team_id, section, found) for section, found in read.items())

    return retry_on_conflict(unit)


def _renew_rows(session: Session, team_id: int, section: Section, properties: list[Property]) -> int:
    # Labels are kept as the editor offers them, the common ones under their own names.
    offered = {each.name: each for group in arrange(properties, section) for each in group.properties}
    rows = session.execute(
        select(MappingRow.id, MappingRow.property_name, MappingRow.property_label, MappingRow.property_type)
        .join(MappingRecord, MappingRow.mapping_id == MappingRecord.id)
        .join(Calendar, MappingRecord.calendar_id == Calendar.id)
        .where(Calendar.team_id == team_id, MappingRow.section == section.value)
    ).all()
    changed = 0
    for row_id, name, label, kind in rows:
        offer = offered.get(name)
        if offer is None or (offer.label[:LONGEST_LABEL], offer.type) == (label, kind):
            continue
        session.execute(
            update(MappingRow)
            .where(MappingRow.id == row_id, MappingRow.property_name == name)
            .values(property_label=offer.label[:LONGEST_LABEL], property_type=offer.type)
        )
        changed += 1
    return changed
