"""What is kept of the meeting of a booking: that it is about to be made, what became of it, what HubSpot was told.

| when | what is committed |
| --- | --- |
| with the delivery (`take_at_once`) | that a meeting is about to be made, under a lease |
| with the attempt's outcome (`store`) | what became of it, and its id |
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.meetings import OPEN_MEETING, UNSETTLED_MEETING, MeetingOutcome, MeetingState, hubspot_time
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.services import now
from hubsync.services.posting.context import Posting
from hubsync.services.posting.meeting_work import MeetingWork
from hubsync.store import db, end_read, run
from hubsync.store.leases import MEETING
from hubsync.store.meetings import BEGUN, MAKE_DUE, Meeting

_TABLE = Meeting.__table__
_BEGIN = {
    name: insert(_TABLE).on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
"""Whether a row was written has to be told on PostgreSQL too."""
_SEE = select(*_TABLE.c["state", "meeting_id", "lease_owner", "lease_until"]).where(
    _TABLE.c.delivery_id == bindparam("this")
)
_STORE = update(_TABLE).where(
    _TABLE.c.delivery_id == bindparam("this"), _TABLE.c.lease_owner == bindparam("worker")
)
_OURS = select(_TABLE.c.meeting_id).where(
    _TABLE.c.hubspot_account_id == bindparam("account"),
    _TABLE.c.meeting_id.in_(bindparam("ids", expanding=True)),
    _TABLE.c.delivery_id != bindparam("this"),
)


def take_at_once(session: Session, posting: Posting) -> None:
    """Take the meeting in the transaction that takes the delivery, and write down that it is about to be made.

    Nothing is taken of one that stands. Nor is one that somebody else has, or had a moment ago: that one is due
    then, and the background brings it up to date once the delivery is through.
    """
    work, taken = posting.meeting, posting.task.delivery
    posting.meeting = None
    if work is None or taken is None:
        return
    moment = now()
    row = {
        "state": MeetingState.UNTRIED if work.why_none else MeetingState.INTENT,
        "hubspot_account_id": posting.task.account_id,
        **MEETING.taken(moment, taken.worker),
    }
    begin = _BEGIN[session.connection().dialect.name]
    if run(session, begin, {"delivery_id": taken.id, **BEGUN, **row}).rowcount != 1:
        kept = run(session, _SEE, {"this": taken.id}).one()
        if kept.state not in OPEN_MEETING:
            return
        work.in_doubt = kept.state == MeetingState.INTENT
        if work.in_doubt:
            work.state = row["state"] = MeetingState.INTENT
        if not MEETING.acquire(session, moment, _TABLE.c.delivery_id == taken.id, worker=taken.worker):
            run(session, MAKE_DUE, {"this": taken.id, "at": moment})
            return
        run(session, _STORE, {"this": taken.id, "worker": taken.worker, **row})
    posting.meeting = work


def store(session: Session, posting: Posting) -> None:
    """Store what became of the meeting with the outcome of the attempt, and give it back; the caller commits."""
    work, taken = posting.meeting, posting.task.delivery
    if work is None or taken is None:
        return
    if work.state in UNSETTLED_MEETING:
        work.reason = _why_given_up(posting)
        if work.reason and work.state is MeetingState.UNTRIED:
            work.state = MeetingState.REFUSED
    values: dict[str, Any] = {"state": work.state, "meeting_id": work.meeting_id, "reason": work.reason}
    values |= sent_columns(work)
    run(session, _STORE, {"this": taken.id, "worker": work.worker, **values, **MEETING.released()})


def _why_given_up(posting: Posting) -> str:
    """The code for which the attempt gave the meeting up; "" where it is tried again."""
    noted = (
        each["code"]
        for each in posting.remarks
        if each["kind"] == RemarkKind.NOT_DONE and each["step"] == FurtherStep.MEETING
    )
    return next(noted, "")


def sent_columns(work: MeetingWork) -> dict[str, Any]:
    """What HubSpot was told with the create, as columns; of a change that was before it is told afterwards.

    The owner of one whose answer is not known is kept as well: whoever finds it again does not send it anew.
    """
    plan, given = work.plan, work.owner
    told: dict[str, Any] = {}
    if given is not None:
        told = {"owner_id": given.owner_id, "owner_name": given.owner_name[:255], "owner_problem": given.problem}
    if work.state is not MeetingState.CREATED or plan is None:
        return told
    told |= {
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "outcome": MeetingOutcome.SCHEDULED,
        "place": place_of(plan.location),
    }
    if plan.outcome is not MeetingOutcome.SCHEDULED:
        told["due_at"] = now()
    if work.found_at is None:
        return told
    if work.why_none or hubspot_time(work.found_at) != hubspot_time(plan.starts_at):
        told |= {"starts_at": work.found_at, "ends_at": None, "due_at": now()}
    return told


def place_of(location: str) -> str:
    """Where a meeting is, so that it can be told from elsewhere and nothing else."""
    return fingerprint(location) if location else ""


def of_other_bookings(posting: Posting, ids: list[str]) -> set[str]:
    """Those of the meetings that other bookings here have."""
    taken = posting.task.delivery
    if not ids or taken is None:
        return set()
    known = run(db.session(), _OURS, {"account": posting.task.account_id, "ids": ids, "this": taken.id})
    ours = set(known.scalars())
    end_read()
    return ours
