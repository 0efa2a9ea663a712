"""Values of a record that HubSpot has already: what becomes of each, and the write of those that were empty."""

from __future__ import annotations

from hubsync.domain.filling import ExistingRecord, FillOutcome, judge, judge_answer
from hubsync.domain.remarks import FurtherStep
from hubsync.errors import ValuesRefused
from hubsync.services.posting.context import Posting, send_repaired
from hubsync.services.posting.existing_records import OBJECTS
from hubsync.services.posting.existing_work import REFUSALS, ExistingWork
from hubsync.services.posting.filled_values import filled_by_others
from hubsync.store import end_read


def decide(posting: Posting, work: ExistingWork, record: ExistingRecord, known_as: str) -> None:
    """Decide of each value by the *record* as it was read a moment ago; the delivery knows it as *known_as*."""
    work.outcomes = {
        # What stands there can be ours only in the record that it was sent to.
        each: judge(each, record, perhaps_sent=work.sent_to.get(each.property_name) in (known_as, record.id))
        for each in work.fillings
    }
    _leave_to_others(posting, work)
    work.refuse(_known_refused(posting, work))


def fill(posting: Posting, work: ExistingWork) -> None:
    """Write what was read to be empty; what HubSpot refuses is known as refused, and the rest stands."""
    if not work.to_send:
        return
    try:
        _write(posting, work)
    except REFUSALS as fault:
        codes = fault.refused if isinstance(fault, ValuesRefused) else {}
        if codes:
            posting.note_dropped(work.section, {name: codes[name] for name in work.to_send if name in codes})
        work.refuse({name: codes.get(name, fault.code) for name in work.to_send})
        posting.note_not_done(FurtherStep.FILL, work.section, fault)


def _leave_to_others(posting: Posting, work: ExistingWork) -> None:
    """A value that looks like ours, but was written by another booking that has the same one, is that one's."""
    ours = [each for each, outcome in work.outcomes.items() if outcome is FillOutcome.FILLED]
    taken = posting.task.delivery
    if not ours or taken is None:
        return
    theirs = filled_by_others(taken.id, posting.task.account_id, work.section, work.record_id)
    end_read()
    work.outcomes |= {each: FillOutcome.CHANGED for each in ours if each.property_name in theirs}


def _known_refused(posting: Posting, work: ExistingWork) -> dict[str, str]:
    """What HubSpot is known to refuse whatever the value is, of what would be sent."""
    known = {name: posting.task.refused.get((work.section.value, name)) for name in work.to_send}
    refused = {name: code for name, code in known.items() if code is not None}
    posting.note_dropped(work.section, refused)
    return refused


def _write(posting: Posting, work: ExistingWork) -> None:
    """Write what was empty; a value that HubSpot names as bad is dropped and the rest is filled."""

    def drop(codes: dict[str, str]) -> None:
        work.refuse(codes)
        posting.note_dropped(work.section, codes)

    answered = send_repaired(
        posting,
        work.section,
        work.to_send,
        lambda client, sent: client.update_record(
            OBJECTS[work.section], work.record_id, sent, posting.task.deadline
        ),
        stands=bool,
        drop=drop,
    )
    work.outcomes |= {
        each: judge_answer(each, answered)
        for each, outcome in work.outcomes.items()
        if outcome is FillOutcome.INTENT
    }
