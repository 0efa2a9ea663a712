"""Association of a contact that HubSpot has already and that has no company."""

from __future__ import annotations

from dataclasses import replace

from hubsync.domain.filling import ExistingRecord, JoinOutcome, judge_companies
from hubsync.domain.remarks import FurtherStep
from hubsync.errors import RecordGone
from hubsync.services.posting.context import Posting
from hubsync.services.posting.existing_work import REFUSALS, ExistingWork
from hubsync.services.posting.filled_values import Join


def decide_join(work: ExistingWork, record: ExistingRecord) -> None:
    """Decide whether the contact is to be associated, by the *record* as it was read a moment ago."""
    if not work.company_id:
        return
    outcome = judge_companies(record, work.company_id, perhaps_sent=work.join is not None)
    other = record.companies[0] if outcome is JoinOutcome.HAS_ANOTHER else ""
    work.join = Join(record.id, work.company_id, outcome, other)


def associate(posting: Posting, work: ExistingWork) -> None:
    """Associate the contact, if that is to be done. Raises RecordGone when HubSpot has the company no more."""
    if not work.joins or work.join is None:
        return
    try:
        posting.ask(lambda client: client.associate(work.record_id, work.company_id, posting.task.deadline))
        work.join = replace(work.join, outcome=JoinOutcome.MADE)
    except RecordGone:  # nothing is associated; the company is looked up again
        work.join = None
        raise
    except REFUSALS as fault:
        work.join = replace(work.join, outcome=JoinOutcome.REFUSED, code=fault.code)
        posting.note_not_done(FurtherStep.JOIN, "", fault)
