"""Watching: an attempt that reads in HubSpot what posting would find there, and writes nothing.

It goes by the same look-ups as a preview, within the same limits as an attempt that posts.
"""

from __future__ import annotations

from collections.abc import Callable

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.domain_names import is_reserved
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Expected, Foretold
from hubsync.domain.pacing import SEARCH_AND_CREATE
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import HubSyncError, Scope, WatchOnly
from hubsync.services.deliveries.steps import AttemptResult, gives_up, result_of_fault
from hubsync.services.deliveries.watch_results import WatchResult
from hubsync.services.posting.context import Posting, without_refused
from hubsync.services.posting.expected_records import (
    ExpectedRecord,
    look_at_existing,
    look_for_company,
    look_for_contact,
    none_of_company,
    none_of_contact,
)

REFUSALS = (Scope.RECORD, Scope.PERMISSION)
"""Of these it stays unknown whether HubSpot has the record; what else keeps HubSpot from being read is a fault."""


def watch(posting: Posting, attempts: int) -> AttemptResult:
    """Look whether HubSpot has company and contact; the delivery ends ``skipped`` with what that says.

    A passing fault is retried as those of posting are.
    """
    task, draft = posting.task, posting.task.draft
    try:
        company = none_of_company(draft) or _unless_refused(
            lambda: look_for_company(
                posting.ask, task.account_id, draft, task.deadline, lambda: posting.reserve(SEARCH_AND_CREATE)
            )
        )
        posting.step = "contact"
        contact = _foretell_contact(posting)
        existing = look_at_existing(posting.ask, draft, company, contact, lambda: task.deadline)
    except HubSyncError as fault:
        if gives_up(fault, attempts):
            return AttemptResult(DeliveryState.FAILED, fault.code, fault)
        return result_of_fault(posting, fault, attempts)
    _note_refused_rows(posting)
    if company.matches > 1:
        posting.remarks.append({"kind": RemarkKind.SEVERAL_COMPANIES, "count": company.matches})
    meeting = posting.meeting
    plans_meeting = meeting is not None and meeting.plan is not None and not meeting.why_none
    result = WatchResult(task.account_id, draft, company, contact, existing, plans_meeting)
    return AttemptResult(DeliveryState.SKIPPED, WatchOnly.code, counts=False, watched=result)


def _foretell_contact(posting: Posting) -> ExpectedRecord:
    """What would become of the contact; refused where HubSync's own checks of its address say so for certain.

    What else HubSpot refuses it says only when a record is written.
    """
    draft, deadline = posting.task.draft, posting.task.deadline
    if draft.lacks_address:
        return ExpectedRecord(Expected.REFUSED, Foretold.NO_ADDRESS)
    if none := none_of_contact(draft):
        return none
    email = str((draft.contact or {})["email"])
    looked = _unless_refused(lambda: look_for_contact(posting.ask, email, deadline))
    if looked.state == Expected.NEW and is_reserved(email.rpartition("@")[2]):
        return ExpectedRecord(Expected.REFUSED, Foretold.RESERVED_DOMAIN)
    return looked


def _unless_refused(look: Callable[[], ExpectedRecord]) -> ExpectedRecord:
    """What *look* finds; that it is unknown where HubSpot refuses for good to be asked about this record."""
    try:
        return look()
    except HubSyncError as fault:
        if not fault.permanent or fault.scope not in REFUSALS:
            raise
        return ExpectedRecord(Expected.UNKNOWN, fault.code)


def _note_refused_rows(posting: Posting) -> None:
    """Note the rows that HubSpot is known to refuse whatever their value is, as posting would leave them out."""
    draft = posting.task.draft
    for section, properties in ((Section.COMPANIES, draft.company), (Section.CONTACTS, draft.contact)):
        if properties:
            without_refused(posting, section, properties)
