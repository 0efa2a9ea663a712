"""Preview of a mapping: what it would post, value by value, and whether HubSpot has it; nothing is written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from sqlalchemy import select

from hubsync.domain.email_address import other_form
from hubsync.domain.email_domains import domain_of_own_company
from hubsync.domain.filling import FillOutcome, JoinOutcome, judge, judge_companies
from hubsync.domain.information import parse_information
from hubsync.domain.mapping import Draft, FilledRow, Filling, MappingInput, MappingRows, PropertyType, Row, Section
from hubsync.domain.matching import CompanyKeys, company_keys
from hubsync.domain.outcomes import Expected
from hubsync.errors import HubSyncError, LookUpRefused, PermissionMissing
from hubsync.net.deadline import Deadline
from hubsync.services.connection.api_access import with_access
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.connection.tokens import usable_connection
from hubsync.services.mapping.free_domains import own_free_domains
from hubsync.services.mapping.storage import EditedMapping, SavedMapping, rows_to_store
from hubsync.services.posting import company_registry
from hubsync.services.posting.company_claims import posts_contact
from hubsync.services.posting.company_lookup import LOOK_UP_REFUSED, read_known, search_company
from hubsync.services.posting.draft import draft_input, fill
from hubsync.services.posting.existing_records import read_existing
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import connection_of
from hubsync.store.teams import Team

LOOKING_SECONDS = 6.0
_HAS_COMPANY = (Expected.NEW, Expected.DUPLICATE)


@dataclass(frozen=True)
class RecordPreview:
    """Whether a record would be registered.

    *code* is why that is unknown. *by* is domain, name, merged or email, *matches* how many companies fit;
    *remembered* says that HubSync knows the company by itself, *unasked* what HubSpot could not be asked for.
    """

    state: Expected
    code: str = ""
    record_id: str = ""
    by: str = ""
    matches: int = 0
    remembered: bool = False
    unasked: str = ""


@dataclass(frozen=True)
class ExistingPreview:
    """What would become of the values for records that HubSpot has, None where it could not be asked; and of the
    association of the contact, None where nothing is switched on. *other_company_id* is one that the contact has.
    """

    fillings: tuple[tuple[Filling, FillOutcome | None], ...] = ()
    join: JoinOutcome | None = None
    other_company_id: str = ""


@dataclass(frozen=True)
class Preview:
    """Every row with what it gives, and what would become of company, contact and association.

    *associated* is None where it cannot be said. *own_company_domain* is the domain for which HubSpot may make a
    company of its own. *existing* is what would be done to records that HubSpot has.
    """

    filled: tuple[FilledRow, ...]
    draft: Draft
    company: RecordPreview
    contact: RecordPreview
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
        existing=_look_at_existing(team.id, draft, company, contact),
    )


def _look_at_existing(
    team_id: int, draft: Draft, company: RecordPreview, contact: RecordPreview
) -> ExistingPreview:
    """What a delivery would do to the records that were found; a call each, none where nothing is mapped so."""
    told: list[tuple[Filling, FillOutcome | None]] = []
    join, other = None, ""
    for section, look in ((Section.COMPANIES, company), (Section.CONTACTS, contact)):
        wanted = [each for each in draft.fillings if each.section is section]
        joins = section is Section.CONTACTS and draft.associates_existing and company.state in _HAS_COMPANY
        if look.state != Expected.DUPLICATE or not (wanted or joins):
            continue
        record, deadline = None, Deadline.after(LOOKING_SECONDS)
        end_read()
        with suppress(HubSyncError):
            ask = partial(with_access, team_id, deadline)
            record = read_existing(ask, section, look.record_id, wanted, deadline, companies=joins)
        if record is None:
            told += [(each, None) for each in wanted]
            continue
        told += [(each, judge(each, record, perhaps_sent=False)) for each in wanted]
        if joins:
            join = judge_companies(record, company.record_id, perhaps_sent=False)
            other = record.companies[0] if join is JoinOutcome.HAS_ANOTHER else ""
    return ExistingPreview(tuple(told), join, other)


def _look(team: Team, draft: Draft) -> tuple[RecordPreview, RecordPreview]:
    blocked_by = find_posting_blocker(team, connection_of(team.id))
    deadline = Deadline.after(LOOKING_SECONDS)
    company = _none_of_company(draft)
    if company is None and not blocked_by:
        try:
            company = _look_for_company(team.id, draft, deadline)
        except HubSyncError as fault:
            company = RecordPreview(Expected.UNKNOWN, fault.code)
            # What is no matter of rights would be the same for the contact.
            blocked_by = "" if isinstance(fault, PermissionMissing) else fault.code
    contact = _none_of_contact(draft)
    if contact is None and not blocked_by:
        try:
            contact = _look_for_contact(team.id, str((draft.contact or {})["email"]), deadline)
        except LOOK_UP_REFUSED:
            contact = RecordPreview(Expected.UNKNOWN, LookUpRefused.code)
        except HubSyncError as fault:
            contact = RecordPreview(Expected.UNKNOWN, fault.code)
    return company or RecordPreview(Expected.UNKNOWN, blocked_by), contact or RecordPreview(
        Expected.UNKNOWN, blocked_by
    )


def _none_of_company(draft: Draft) -> RecordPreview | None:
    if draft.company is None:
        return RecordPreview(Expected.NONE)
    return None if company_keys(draft.company) else RecordPreview(Expected.NO_KEY)


def _none_of_contact(draft: Draft) -> RecordPreview | None:
    if draft.contact is None and not draft.lacks_address:
        return RecordPreview(Expected.NONE)
    return None if (draft.contact or {}).get("email") else RecordPreview(Expected.NO_KEY)


def _look_for_company(team_id: int, draft: Draft, deadline: Deadline) -> RecordPreview:
    """As `posting_company` does it: our memory first, then the same look-up."""
    properties = draft.company or {}
    keys = company_keys(properties)
    account_id = usable_connection(team_id).hubspot_account_id
    trusted = company_registry.trusted_for(posts_contact(draft))
    known = company_registry.recall(account_id, keys, trusted)
    end_read()
    if known is not None:
        return RecordPreview(Expected.DUPLICATE, record_id=known, matches=1, remembered=True)
    doubtful = company_registry.recall_doubtful(account_id, keys)
    by_name = company_registry.recall(account_id, CompanyKeys(name=keys.name), trusted) if keys.name else None
    end_read()
    looked = search_company(partial(with_access, team_id, deadline), properties, doubtful, deadline)
    if by_name is not None and (looked.match is None or looked.match.by == "name"):
        return RecordPreview(Expected.DUPLICATE, record_id=by_name, matches=1, remembered=True)
    if looked.match is None:
        looked = read_known(partial(with_access, team_id, deadline), properties, doubtful, looked, deadline)
    match = looked.match
    if match is None:
        return RecordPreview(Expected.NEW, unasked=looked.unasked)
    return RecordPreview(Expected.DUPLICATE, record_id=match.company_id, by=match.by, matches=match.matches)


def _look_for_contact(team_id: int, email: str, deadline: Deadline) -> RecordPreview:
    end_read()
    contact = with_access(team_id, deadline, lambda client: client.find_contact(email, deadline))
    if contact is None and (other := other_form(email)):
        contact = with_access(team_id, deadline, lambda client: client.find_contact(other, deadline))
    return (
        RecordPreview(Expected.NEW)
        if contact is None
        else RecordPreview(Expected.DUPLICATE, record_id=contact.id, by="email")
    )


def _own_company_domain(draft: Draft) -> str:
    return domain_of_own_company((draft.contact or {}).get("email", ""), (draft.company or {}).get("domain"))
