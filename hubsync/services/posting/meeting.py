"""Meeting step: the booking's appointment on the timelines of its contact and company, where its calendar says so.

That one is about to be made is written down before (`kept_meetings`). A create sent twice makes two meetings. So
whoever finds that one was about to be made looks for it at the contact first, by its mark; that look does not go
through HubSpot's search.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from hubsync.domain.meetings import (
    OPEN_MEETING,
    FoundMeeting,
    MeetingPlan,
    MeetingState,
    NoMeeting,
    find_ours,
    find_same,
    newest,
)
from hubsync.domain.outcomes import AT_HUBSPOT, Outcome
from hubsync.domain.owners import OWNER_PROPERTY
from hubsync.domain.pacing import ONE_CALL
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.domain.searching import email_as_searched
from hubsync.errors import AnswerLost, RecordRefused, ValuesRefused
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.meetings import MOST_READ
from hubsync.hubspot.records import FoundContact
from hubsync.services.posting.context import REPAIRS, Posting
from hubsync.services.posting.kept_meetings import of_other_bookings
from hubsync.services.posting.meeting_work import MeetingWork
from hubsync.services.posting.owner import decide_meeting, refused_for_meeting
from hubsync.store import db, end_read, run
from hubsync.store.deliveries import Delivery

_DELIVERY = Delivery.__table__.c
_BOOKED_BEFORE = (
    select(_DELIVERY.id)
    .where(
        _DELIVERY.team_id == bindparam("team"),
        _DELIVERY.search_email == bindparam("email"),
        _DELIVERY.hubspot_account_id == bindparam("account"),
        _DELIVERY.contact.in_(AT_HUBSPOT),
    )
    .limit(1)
)


def read_known_contact(posting: Posting, email: str) -> FoundContact | None:
    """The contact of a guest who booked before, read together with the ids of its meetings.

    HubSpot would answer a create with a 409, and the meetings would take a call of their own; so this is the same
    number of calls. None where no meeting is to be made, where no booking of the guest is known, and where HubSpot
    has no such contact by now: then it is created as ever.
    """
    work = posting.meeting
    if work is None or work.plan is None or work.why_none or work.state not in OPEN_MEETING:
        return None
    known = {"account": posting.task.account_id, "team": posting.task.team_id, "email": email_as_searched(email)}
    booked_before = run(db.session(), _BOOKED_BEFORE, known).first() is not None
    end_read()
    if not booked_before:
        return None
    contact = posting.ask(lambda client: client.find_contact(email, posting.task.deadline, meetings=True))
    if contact is not None and not contact.has_more_meetings:
        work.seen = contact.meetings
    return contact


def post_meeting(posting: Posting) -> None:
    """Create the meeting on the timelines of the records that stand, unless it is there already."""
    work = posting.meeting
    if work is None or work.state not in OPEN_MEETING:
        return
    posting.begin_further(FurtherStep.MEETING)
    timelines = _timelines(posting)
    plan = work.plan
    if plan is None or not timelines or (work.why_none and not work.in_doubt):
        _make_none(posting, work, work.why_none or NoMeeting.NO_RECORD)
        return
    found = _find(posting, work, plan, timelines)
    if found is not None:
        work.state, work.meeting_id, work.reason = *found, ""
        return
    work.state = MeetingState.UNTRIED  # none was made, whatever was in doubt
    if work.why_none:
        _make_none(posting, work, work.why_none)
        return
    try:
        work.meeting_id = _create_repaired(posting, work, plan, timelines)
    except AnswerLost:
        work.state = MeetingState.INTENT
        raise
    work.state, work.reason = MeetingState.CREATED, ""


def _make_none(posting: Posting, work: MeetingWork, why: str) -> None:
    """Nothing is to be made, which the delivery says."""
    work.state, work.reason = MeetingState.NONE, str(why)
    posting.remarks.append(
        {"kind": RemarkKind.NOT_DONE, "step": FurtherStep.MEETING.value, "section": "", "code": work.reason}
    )


def _timelines(posting: Posting) -> dict[str, str]:
    """The records that stand, by the names of their objects, the contact first."""
    records = {
        "contacts": posting.contact_id if posting.contact in AT_HUBSPOT else "",
        "companies": posting.company_id if posting.company in AT_HUBSPOT else "",
    }
    return {name: record for name, record in records.items() if record}


def _find(
    posting: Posting, work: MeetingWork, plan: MeetingPlan, timelines: dict[str, str]
) -> tuple[MeetingState, str] | None:
    """The id of the meeting that is there already: ours, of an attempt that nobody heard of, or another one.

    A contact that this attempt made has no meetings, and is not asked for any; nor is a company for those of
    others, of which it may have hundreds.
    """
    is_new = posting.contact is Outcome.CREATED and work.contact_was_untried
    if not work.in_doubt and (is_new or "contacts" not in timelines):
        return None
    found = _read(posting, timelines)
    if work.in_doubt:
        ours = find_ours(found, plan)
        if ours is not None:
            work.found_at = ours.starts_at
            return MeetingState.CREATED, ours.id
    if work.why_none:
        return None
    same = find_same(found, plan.starts_at) if "contacts" in timelines else None
    return (MeetingState.ALREADY_THERE, same.id) if same is not None else None


def _read(posting: Posting, timelines: dict[str, str]) -> list[FoundMeeting]:
    """The meetings of the contact, or of the company where there is none, but for those of other bookings here."""
    name: Any = "contacts" if "contacts" in timelines else "companies"
    deadline, work = posting.task.deadline, posting.meeting
    if work is not None and work.seen is not None and not work.in_doubt and name == "contacts":
        ids = list(work.seen)
    else:
        posting.reserve(ONE_CALL)
        turn = partial(posting.reserve, ONE_CALL)
        ids = posting.ask(lambda client: client.list_meetings(name, timelines[name], deadline, turn))
    ids = newest(set(ids) - of_other_bookings(posting, ids), MOST_READ)
    if not ids:
        return []
    posting.reserve(ONE_CALL)
    return posting.ask(lambda client: client.read_meetings(ids, deadline))


def _create_repaired(posting: Posting, work: MeetingWork, plan: MeetingPlan, timelines: dict[str, str]) -> str:
    """Create the meeting; a value that HubSpot names as bad is left out, but for its times.

    So is the owner with whom HubSpot refuses it and names nothing: how it words this is not documented.
    """
    work.owner, repairs = decide_meeting(posting), 0
    properties = plan.properties(work.owner.owner_id)
    times = {"hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time"}
    while True:
        posting.reserve(ONE_CALL)
        try:
            return posting.ask(_created(properties, timelines, posting))
        except ValuesRefused as refused:
            named = set(refused.refused) & set(properties)
            if not named or named & times or repairs == REPAIRS:
                raise
            repairs += 1
            posting.hear(refused)
            properties = _without(properties, named, posting, work)
        except RecordRefused as refused:
            if type(refused) is not RecordRefused or OWNER_PROPERTY not in properties:
                raise
            posting.hear(refused)
            properties = _without(properties, {OWNER_PROPERTY}, posting, work)


def _without(properties: dict[str, str], refused: set[str], posting: Posting, work: MeetingWork) -> dict[str, str]:
    """The *properties* but for what HubSpot *refused*; without its owner the meeting is known to have none."""
    if OWNER_PROPERTY in refused:
        work.owner = refused_for_meeting(posting)
    return {name: value for name, value in properties.items() if name not in refused}


def _created(
    properties: dict[str, str], timelines: dict[str, str], posting: Posting
) -> Callable[[HubSpotClient], str]:
    def create(client: HubSpotClient) -> str:
        return client.create_meeting(properties, timelines, posting.task.deadline)

    return create
