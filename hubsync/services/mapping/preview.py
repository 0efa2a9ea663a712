"""Preview of a mapping: what it would post, value by value, and whether HubSpot has it; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import cast

from sqlalchemy import select

from hubsync.domain.email_domains import domain_of_own_company
from hubsync.domain.information import parse_information
from hubsync.domain.mapping import Draft, FilledRow, MappingInput, MappingRows, PropertyType, Row, Section
from hubsync.domain.outcomes import Expected
from hubsync.errors import HubSyncError, LookUpRefused, PermissionMissing
from hubsync.net.deadline import Deadline
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.connection.tokens import usable_connection
from hubsync.services.mapping.free_domains import own_free_domains
from hubsync.services.mapping.storage import EditedMapping, SavedMapping, rows_to_store
from hubsync.services.posting.company_lookup import LOOK_UP_REFUSED
from hubsync.services.posting.draft import draft_input, fill
from hubsync.services.posting.expected_records import (
    ExistingPreview,
    ExpectedRecord,
    look_at_existing,
    look_for_company,
    look_for_contact,
    none_of_company,
    none_of_contact,
)
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import connection_of
from hubsync.store.teams import Team

LOOKING_SECONDS = 6.0


@dataclass(frozen=True)
class Preview:
    """Every row with what it gives, and what would become of company, contact and association.

    *associated* is None where it cannot be said. *own_company_domain* is the domain for which HubSpot may make a
    company of its own. *existing* is what would be done to records that HubSpot has.
    """

    filled: tuple[FilledRow, ...]
    draft: Draft
    company: ExpectedRecord
    contact: ExpectedRecord
    associated: bool | None
    own_company_domain: str = ""
    existing: ExistingPreview = field(default_factory=ExistingPreview)


def latest_booking(calendar_id: int) -> BookingRecord | None:
    """The booking of this calendar that came last."""
    return db.session.scalar(
        select(BookingRecord)
        .where(BookingRecord.calendar_id == calendar_id)
        .order_by(BookingRecord.id.desc())
        .limit(1)
    )


def edited_rows(edited: EditedMapping, saved: SavedMapping, known: KnownProperties) -> MappingRows:
    """The rows as they would be posted if *edited*, with which `check_mapping` found no fault, were saved."""
    rows = tuple(
        Row(
            section=Section(row["section"]),
            property_name=row["property_name"],
            property_label=row["property_label"],
            property_type=cast(PropertyType, row["property_type"]),
            information=parse_information(row["information"]),
            when_exists=row["when_exists"],
        )
        for row in rows_to_store(edited, saved, known)
    )
    return MappingRows(edited.companies_on, edited.contacts_on, rows, edited.associates_existing)


def preview(team: Team, mapping: MappingRows, material: MappingInput) -> Preview:
    """What would be posted from *material*; HubSpot is only read, and its errors only leave questions open."""
    own_free = own_free_domains(team.id)
    draft = draft_input(own_free, mapping, material)
    company, contact = _look(team, draft)
    associated: bool | None = None
    if contact.state in (Expected.DUPLICATE, Expected.NONE, Expected.NO_KEY):
        associated = False
    elif contact.state == Expected.NEW and company.state != Expected.UNKNOWN:
        associated = company.state in (Expected.NEW, Expected.DUPLICATE)
    return Preview(
        filled=tuple(fill(own_free, mapping, material)),
        draft=draft,
        company=company,
        contact=contact,
        associated=associated,
        own_company_domain=_own_company_domain(draft) if contact.state == Expected.NEW else "",
        existing=look_at_existing(
            partial(with_access, team.id, Deadline.after(LOOKING_SECONDS)),
            draft,
            company,
            contact,
            lambda: Deadline.after(LOOKING_SECONDS),
        ),
    )


def _look(team: Team, draft: Draft) -> tuple[ExpectedRecord, ExpectedRecord]:
    blocked_by = find_posting_blocker(team, connection_of(team.id))
    deadline = Deadline.after(LOOKING_SECONDS)
    ask = partial(with_access, team.id, deadline)
    company = none_of_company(draft)
    if company is None and not blocked_by:
        try:
            account_id = usable_connection(team.id).hubspot_account_id
            company = look_for_company(ask, account_id, draft, deadline)
        except HubSyncError as fault:
            company = ExpectedRecord(Expected.UNKNOWN, fault.code)
            # What is no matter of rights would be the same for the contact.
            blocked_by = "" if isinstance(fault, PermissionMissing) else fault.code
    contact = none_of_contact(draft)
    if contact is None and not blocked_by:
        try:
            contact = look_for_contact(ask, str((draft.contact or {})["email"]), deadline)
        except LOOK_UP_REFUSED:
            contact = ExpectedRecord(Expected.UNKNOWN, LookUpRefused.code)
        except HubSyncError as fault:
            contact = ExpectedRecord(Expected.UNKNOWN, fault.code)
    unknown = ExpectedRecord(Expected.UNKNOWN, blocked_by)
    return company or unknown, contact or unknown


def _own_company_domain(draft: Draft) -> str:
    return domain_of_own_company((draft.contact or {}).get("email", ""), (draft.company or {}).get("domain"))
