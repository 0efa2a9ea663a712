"""Trial of a mapping (Send a test): one clearly marked company and contact, and nothing else.

It is no booking: no delivery, no memory of the company, and the clock of the idle expiry does not restart.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.information import Origin
from hubsync.domain.mapping import Draft, MappingRows, Section
from hubsync.domain.matching import company_keys
from hubsync.domain.outcomes import Outcome
from hubsync.domain.owners import NO_OWNER, OwnerRule
from hubsync.domain.remarks import RemarkKind
from hubsync.domain.samples import mark_of, sample_answers, sample_of_test
from hubsync.errors import HubSyncError, Refused, WatchOnly
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.optional_scopes import may_have
from hubsync.services.connection.tokens import usable_connection
from hubsync.services.mapping.free_domains import own_free_domains
from hubsync.services.posting.company import create_company
from hubsync.services.posting.contact import post_contact
from hubsync.services.posting.context import Posting
from hubsync.services.posting.draft import draft_input, sample_material
from hubsync.services.posting.owner import note_owner
from hubsync.services.posting.shared_pace import open_reservation
from hubsync.services.posting.task import OwnerWish, Task
from hubsync.services.teams import audit
from hubsync.store import end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.teams import AuditEntry, Team

SENDING_SECONDS = 15.0  # gunicorn gives a silent worker up after 30 s


@dataclass(frozen=True)
class SentTest:
    """What came of it. Ids are empty and faults None where nothing was to be created, or was not tried.

    *draft* is what was to be created. *remarks* are those a delivery would carry: values that HubSpot did not
    take.
    """

    code: str
    draft: Draft
    company_id: str = ""
    contact_id: str = ""
    associated: bool = False
    company_fault: HubSyncError | None = None
    contact_fault: HubSyncError | None = None
    remarks: tuple[dict[str, Any], ...] = field(default=())

    @property
    def faults(self) -> tuple[HubSyncError, ...]:
        return tuple(fault for fault in (self.company_fault, self.contact_fault) if fault is not None)

    @property
    def contact_untried(self) -> bool:
        """Whether a contact was to be created and was left, because HubSpot failed at the company."""
        passing = self.company_fault is not None and not self.company_fault.permanent
        return passing and self.draft.contact is not None


def new_code() -> str:
    """What marks one test; whoever presses twice sends the same code twice."""
    return secrets.token_hex(4)


def draft_test(calendar: Calendar, mapping: MappingRows, code: str) -> Draft:
    """What the test *code* would create: the mapping's rows, filled with made-up answers; names carry the mark."""
    params = {
        row.information.name: "hubsync-test" for row in mapping.rows if row.information.origin is Origin.PARAM
    }
    answers = sample_answers(calendar.asked(), sample_of_test(code))
    material = sample_material(calendar, answers, params, now() + timedelta(days=1))
    draft = draft_input(own_free_domains(calendar.team_id), mapping, material)
    company, contact = draft.company, draft.contact
    if company is not None:
        company = {**company, **({"name": mark_of(code)} if "name" in company else {})}
    if contact is not None:
        contact = {**contact, **({"lastname": mark_of(code)} if "lastname" in contact else {})}
    return replace(
        draft,
        company=company if company and company_keys(company) else None,
        contact=contact if contact and contact.get("email") else None,
    )


def send_test(
    calendar: Calendar, mapping: MappingRows, code: str, by: int, owner: OwnerRule = NO_OWNER
) -> SentTest | None:
    """Create what `draft_test` shows, associated, and return what came of it; None if *code* was sent before.

    By the rule for the *owner* of new records, as if the calendar's own owner were the host.

    Raises Refused when there is nothing to create, NotConnected, AccessLost and WatchOnly. What HubSpot says about
    a record is in the answer, not raised.
    """
    draft = draft_test(calendar, mapping, code)
    if draft.company is None and draft.contact is None:
        raise Refused(_("There is nothing to create: a company needs a name or a domain, a contact an e-mail."))
    team_id = calendar.team_id
    connection = usable_connection(team_id)
    if connection.watching_since is not None:
        raise WatchOnly("a test would write")
    account_id = connection.hubspot_account_id
    wish = OwnerWish(owner, calendar.owner_id, may_read=may_have(connection.scopes, OWNERS_READ))
    if not _use_up(calendar.id, team_id, code, by):
        return None
    deadline = Deadline.after(SENDING_SECONDS)
    posting = Posting(Task(team_id, account_id, draft, deadline, open_reservation(account_id), owner=wish))
    end_read()
    company_fault = _create_company(posting)
    contact_fault = None
    if company_fault is None or company_fault.permanent:
        contact_fault = _create_contact(posting)
    return SentTest(
        code=code,
        draft=draft,
        company_id=posting.company_id,
        contact_id=posting.contact_id,
        associated=posting.association == Outcome.MADE,
        company_fault=company_fault,
        contact_fault=contact_fault,
        remarks=tuple(
            each
            for each in posting.remarks
            if each["kind"] in (RemarkKind.DROPPED, RemarkKind.HUBSPOT_MAY_ADD_COMPANY, RemarkKind.NO_OWNER)
        ),
    )


def _use_up(calendar_id: int, team_id: int, code: str, by: int) -> bool:
    """Note in the audit trail that this test is sent, before it is; False when a press before has done so."""
    with write_transaction() as session:
        # One at a time, on PostgreSQL too, where two transactions would not see each other's entries.
        session.scalar(select(Team.id).where(Team.id == team_id).with_for_update())
        if _was_sent(session, team_id, code):
            return False
        calendar = session.get_one(Calendar, calendar_id)
        known = {"calendar": calendar.name, "calendar_id": calendar_id}
        audit.record(session, team_id, by, AuditAction.TEST_SENT, **known, mark=code)
    return True


def _was_sent(session: Session, team_id: int, code: str) -> bool:
    query = select(AuditEntry.id).where(
        AuditEntry.team_id == team_id,
        AuditEntry.action == AuditAction.TEST_SENT.value,
        AuditEntry.details["mark"].as_string() == code,
    )
    return session.scalar(query.limit(1)) is not None


def _create_company(posting: Posting) -> HubSyncError | None:
    properties = posting.task.draft.company
    if properties is None:
        posting.company = Outcome.NONE
        return None
    try:
        create_company(posting, properties)
        note_owner(posting, Section.COMPANIES, posting.company)
    except HubSyncError as fault:
        posting.company = Outcome.REFUSED
        return fault
    return None


def _create_contact(posting: Posting) -> HubSyncError | None:
    try:
        post_contact(posting)
        note_owner(posting, Section.CONTACTS, posting.contact)
    except HubSyncError as fault:
        return fault
    return None
