"""Texts of a delivery that was watched only: what would have become of it, as a preview says it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import Draft
from hubsync.domain.outcomes import Expected
from hubsync.domain.undoing import UndoPart
from hubsync.errors import WatchOnly
from hubsync.services.connection.properties import known_properties
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.deliveries.archived_records import read_archived
from hubsync.services.deliveries.watch_results import MEMORY
from hubsync.services.deliveries.watched import read_watched
from hubsync.services.mapping.choices import offer_information
from hubsync.services.mapping.free_domains import own_free_domains
from hubsync.services.mapping.preview import Preview
from hubsync.services.mapping.storage import load_mapping
from hubsync.services.posting.draft import fill, mapping_of, material_of, rows_of
from hubsync.services.posting.expected_records import ExpectedRecord
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.watching import WatchedDelivery
from hubsync.web.deliveries.archived_text import say_archived
from hubsync.web.mapping.meeting_preview import promised_meeting
from hubsync.web.mapping.preview_text import SectionValues, record_lines, sections_of
from hubsync.web.mapping.text import Labels
from hubsync.web.shell.record_line import RecordLine


@dataclass(frozen=True)
class WatchedShown:
    """What would have become of company, contact and association, and the values as the mapping gives them now."""

    parts: list[RecordLine]
    sections: list[SectionValues]


def is_watched(delivery: Delivery) -> bool:
    """Whether nothing was posted because the team watched only."""
    return delivery.state == DeliveryState.SKIPPED and delivery.reason == WatchOnly.code


def show_watched(delivery: Delivery, connection: Connection | None) -> WatchedShown | None:
    """What is shown of a delivery that was watched; None for any other."""
    row = read_watched([delivery.id]).get(delivery.id) if is_watched(delivery) else None
    if row is None:
        return None
    here = connection if connection and connection.hubspot_account_id == row.hubspot_account_id else None
    company, contact, *others = record_lines(_as_preview(row), here)
    archived = read_archived(row.hubspot_account_id, (row.company_id, row.contact_id))
    company = replace(company, gone=say_archived(archived, UndoPart.COMPANY, row.company_id))
    contact = replace(contact, gone=say_archived(archived, UndoPart.CONTACT, row.contact_id))
    return WatchedShown([company, contact, *others, *_further(row)], _sections(delivery))


def _further(row: WatchedDelivery) -> list[RecordLine]:
    """What further steps would have done; nothing where none is switched on."""
    lines = []
    if row.filled:
        told = ngettext(
            "%(num)s empty value of a record that HubSpot has would be filled in.",
            "%(num)s empty values of records that HubSpot has would be filled in.",
            row.filled,
        )
        lines.append(RecordLine(_("Filled in"), _("would be filled in"), "check-circle", "good", told))
    if row.meeting:
        lines.append(promised_meeting())
    return lines


def watched_words(row: WatchedDelivery | None) -> list[str]:
    """A word for company, contact and association each, for files; nothing for what was not watched."""
    return [line.word for line in record_lines(_as_preview(row), None)] if row is not None else ["", "", ""]


def _as_preview(row: WatchedDelivery) -> Preview:
    has_company = row.company in (Expected.NEW, Expected.BY_THEN)
    company = ExpectedRecord(
        row.company,
        code=row.company_code,
        record_id=row.company_id,
        by=row.company_by,
        remembered=row.company_by == MEMORY,
        unasked=row.company_code if has_company else "",
    )
    contact = ExpectedRecord(row.contact, code=row.contact_code, record_id=row.contact_id)
    unknown = row.contact == Expected.UNKNOWN or (row.contact == Expected.NEW and row.company == Expected.UNKNOWN)
    return Preview((), Draft(None, None), company, contact, None if unknown else row.associated)


def _sections(delivery: Delivery) -> list[SectionValues]:
    """The values of both sections; none where HubSpot is not added to the calendar any more."""
    stored = mapping_of(delivery.calendar_id)
    if stored is None:
        return []
    mapping, nothing = rows_of(stored), ExpectedRecord(Expected.NONE)
    filled = fill(own_free_domains(delivery.team_id), mapping, material_of(delivery.booking))
    calendar = delivery.booking.calendar
    labels = Labels(load_mapping(calendar.id), known_properties(g.team.id), offer_information(calendar))
    outcome = Preview(tuple(filled), Draft(None, None), nothing, nothing, None)
    return sections_of(outcome, mapping, labels, read_refused(g.team.id))
