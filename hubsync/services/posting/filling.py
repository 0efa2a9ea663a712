"""Filling of a company and a contact that HubSpot has already, and the association of such a contact.

| when | what is committed |
| --- | --- |
| before the read | the claim on the record, and how far the delivery is |
| after the read | what is left as it is, and each value that is about to be sent |
| after the write | what became of each, and the remarks on what HubSpot refused |

Nothing is ever overwritten: what is written was read to be empty a moment before, and nobody else of ours writes
to the record meanwhile. What an earlier attempt wrote down and learnt no answer to is read again first.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from hubsync.domain.filling import ExistingRecord, FillOutcome, JoinOutcome
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import AT_HUBSPOT, Outcome
from hubsync.domain.pacing import CallCount
from hubsync.domain.remarks import FurtherStep
from hubsync.errors import DetailCode, RecordBusy, RecordGone, tell
from hubsync.services.posting import record_claims
from hubsync.services.posting.context import Posting
from hubsync.services.posting.empty_values import decide, fill
from hubsync.services.posting.existing_association import associate, decide_join
from hubsync.services.posting.existing_records import read_existing
from hubsync.services.posting.existing_work import ExistingWork
from hubsync.services.posting.filled_values import keep_join, keep_values, kept_join, kept_values
from hubsync.store import end_read, retry_on_conflict, write_transaction

FRESH_SECONDS = 1.0
"""What was read longer ago is read again before anything is written over it."""
READS = 3


def fill_company(posting: Posting) -> None:
    """Fill what is empty of a company that HubSpot had already.

    Raises RecordGone when there is no such company any more, so that it is looked up again.
    """
    if posting.company != Outcome.DUPLICATE or not posting.company_id:
        return
    work = _missing(posting, Section.COMPANIES, posting.company_id)
    if work is None:
        return
    posting.begin_further(FurtherStep.FILL, work.section)
    if not _do(posting, work):
        if posting.contact != Outcome.CREATED:
            raise _gone()
        # The contact was associated with it a moment ago; another company would not be the contact's.
        posting.note_not_done(FurtherStep.FILL, work.section, _gone())


def complete_contact(posting: Posting) -> None:
    """Fill what is empty of a contact that HubSpot had already, and associate one that has no company.

    Raises RecordGone when HubSpot does not have the company any more.
    """
    if posting.contact != Outcome.DUPLICATE or not posting.contact_id:
        return
    work = _missing(posting, Section.CONTACTS, posting.contact_id)
    if work is None:
        return
    if work.company_id:
        posting.begin_further(FurtherStep.JOIN)
    if work.fillings:
        posting.begin_further(FurtherStep.FILL, work.section)
    if not _do(posting, work):
        if work.company_id:
            posting.note_not_done(FurtherStep.JOIN, "", _gone())
        if work.fillings:
            posting.note_not_done(FurtherStep.FILL, work.section, _gone())


def _missing(posting: Posting, section: Section, record_id: str) -> ExistingWork | None:
    """What is to be done yet to the record; None, without a statement, where nothing is mapped so."""
    draft, taken = posting.task.draft, posting.task.delivery
    wanted = tuple(each for each in draft.fillings if each.section is section)
    joins = section is Section.CONTACTS and draft.associates_existing and posting.company in AT_HUBSPOT
    if taken is None or not (wanted or joins):
        return None
    kept = kept_values(taken.id, section) if wanted else {}
    join = kept_join(taken.id) if joins else None
    end_read()
    done = {name for name, each in kept.items() if each.outcome is not FillOutcome.INTENT}
    work = ExistingWork(
        section,
        record_id,
        tuple(each for each in wanted if each.property_name not in done),
        {name: each.record_id for name, each in kept.items() if name not in done},
        posting.company_id if joins and (join is None or join.outcome is JoinOutcome.INTENT) else "",
        join,
    )
    return work if work.fillings or work.company_id else None


def _do(posting: Posting, work: ExistingWork) -> bool:
    """Read the record and write what is missing; False when HubSpot has no such record.

    One that was merged is worked on under the id that it has by now, which is the one that others claim.
    """
    known_as = work.record_id
    for _ in range(READS):
        is_there = _do_claimed(posting, work, known_as)
        if is_there is not None:
            return is_there
    raise RecordBusy("the record was merged each time that it was read")


def _do_claimed(posting: Posting, work: ExistingWork, known_as: str) -> bool | None:
    """The same with a claim on the record's id; None where HubSpot has the record under another one."""
    account_id, deadline = posting.task.account_id, posting.task.deadline
    holder = record_claims.take(account_id, work.section, work.record_id, deadline, _write_down(posting))
    try:
        posting.reserve(CallCount(1 + bool(work.fillings) + bool(work.company_id)))
        is_there = _look(posting, work, known_as, holder)
        if is_there and (work.to_send or work.joins):
            try:
                fill(posting, work)
                associate(posting, work)
            finally:  # what was learnt before something went wrong counts
                retry_on_conflict(lambda: _keep(posting, work, holder))
            return True
    except BaseException:
        record_claims.release(holder)
        raise
    if not is_there:
        record_claims.release(holder)
    return is_there


def _look(posting: Posting, work: ExistingWork, known_as: str, holder: str) -> bool | None:
    """Read the record and write down what is to become of each value; where nothing is to be sent, that is all.

    It is read again when writing that down took long: between the read and the write there is to be next to
    nothing. Returns as `_do_claimed`.
    """
    for _ in range(READS):
        record = _read(posting, work, work.record_id)
        read_at = time.monotonic()
        if record is None:
            return False
        if record.id != work.record_id:
            work.record_id = record.id
            return None
        decide(posting, work, record, known_as)
        decide_join(work, record)
        retry_on_conflict(lambda: _note(posting, work, holder))
        if not (work.to_send or work.joins) or time.monotonic() - read_at <= FRESH_SECONDS:
            return True
    raise RecordBusy("writing down what is to be sent took so long that the record may have changed")


def _read(posting: Posting, work: ExistingWork, record_id: str) -> ExistingRecord | None:
    return read_existing(
        posting.ask,
        work.section,
        record_id,
        work.fillings,
        posting.task.deadline,
        companies=bool(work.company_id),
    )


def _note(posting: Posting, work: ExistingWork, holder: str) -> None:
    """Write down what is decided, if delivery and record are still ours to work on."""
    with write_transaction() as session:
        if not record_claims.is_held(session, holder):
            raise RecordBusy("this worker was away for so long that its claim on the record ended")
        _write_down(posting)(session)
        _store(session, posting, work)
        if not (work.to_send or work.joins):
            record_claims.let_go(session, holder)


def _keep(posting: Posting, work: ExistingWork, holder: str) -> None:
    with write_transaction() as session:
        _store(session, posting, work)
        if posting.has_noted:
            posting.write_down(session)
        record_claims.let_go(session, holder)


def _store(session: Session, posting: Posting, work: ExistingWork) -> None:
    taken = posting.task.delivery
    if taken is not None:
        keep_values(session, taken.id, work.record_id, work.outcomes, work.codes)
        if work.company_id:
            keep_join(session, taken.id, work.join)


def _write_down(posting: Posting) -> Callable[[Session], None]:
    """Store how far the delivery is, so that a worker that dies here leaves the next one nothing to guess."""

    def write(session: Session) -> None:
        if not posting.write_down(session):
            raise RecordBusy("another worker has taken this delivery")

    return write


def _gone() -> RecordGone:
    return RecordGone(tell(DetailCode.RECORD_GONE, answer=404))
