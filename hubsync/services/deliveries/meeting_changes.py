"""Changes of meetings after they were made: moved, cancelled, nobody came; out in the background.

What is due is compared with its booking as that is now, so that a later event wins and the order of their coming
does not matter. HubSpot is told only what it was not told before: what a person changed there since is left alone.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, or_, select, update

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import Draft
from hubsync.domain.meetings import (
    LOCATION,
    OUTCOME,
    MeetingOutcome,
    MeetingState,
    NoMeeting,
    option_for,
    outcome_of,
    time_properties,
)
from hubsync.domain.outcomes import OPEN, is_at_hubspot
from hubsync.domain.pacing import SHARE, CallCount
from hubsync.domain.pauses import pause_of
from hubsync.domain.plans import posts
from hubsync.domain.retries import next_attempt
from hubsync.errors import (
    HubSpotError,
    HubSyncError,
    NoReservation,
    RecordGone,
    Scope,
    ValuesRefused,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import CachedAccess
from hubsync.services.connection.tokens import read_usable
from hubsync.services.deliveries.runner import read_wish
from hubsync.services.deliveries.undoing import undone_among
from hubsync.services.posting import meeting, rate_limits
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import Posting
from hubsync.services.posting.draft import draft_mapped
from hubsync.services.posting.mapped_calendars import MappedCalendar, read_mapped
from hubsync.services.posting.meeting_plan import plan_meeting
from hubsync.services.posting.meeting_work import MeetingWork
from hubsync.services.posting.shared_pace import reserve_calls
from hubsync.services.posting.task import TakenDelivery, Task
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import MEETING
from hubsync.store.meetings import Meeting

MOST = 100
"""So many are looked at in one round."""
SECONDS = 30.0
CALLS = CallCount(2)
"""The outcomes that the account has, and the change."""
WAIT_SECONDS = 5.0
WITHOUT_ACCESS = timedelta(minutes=15)
"""So long after access was found to be lost it is looked at again; HubSpot is not called for that."""
WHILE_PAUSED = timedelta(hours=6)
"""So long after a mapping was found paused, or the plan to post nothing, it is looked at again."""
COMES_BACK = (
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.RETRYING,
    DeliveryState.WAITING,
    DeliveryState.HELD,
)
"""A delivery in one of these states makes its meeting itself."""
_TABLE = Meeting.__table__
_OF_DELIVERY = (
    select(Meeting).where(Meeting.delivery_id == bindparam("delivery")).execution_options(populate_existing=True)
)


class _Paused(Exception):
    """The calendar posts nothing at this moment."""


@dataclass(frozen=True)
class _Kept:
    """A row as it was taken, in plain values, which no later transaction changes."""

    delivery_id: int
    state: MeetingState
    meeting_id: str
    due_at: datetime | None
    tries: int


@dataclass
class _Change:
    """What is to be told HubSpot of one meeting, and what the row says afterwards.

    *work* is there where one has to be made, or looked for, first; *outcome* is to be found among the account's.
    """

    kept: _Kept
    worker: str
    posting: Posting
    properties: dict[str, str] = field(default_factory=dict)
    outcome: MeetingOutcome | None = None
    former: list[str] = field(default_factory=list)
    sent: dict[str, Any] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        return not (self.properties or self.outcome or self.former or self.posting.meeting)


def run_due_meetings(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Bring every meeting up to date whose booking has changed, until *stopped*; a sentence for each.

    Any number of processes may do this at once: each meeting is taken by one of them.
    """
    lines, without_room = [], set[int]()
    for delivery_id, team_id in _due():
        if stopped():
            break
        if team_id in without_room:
            continue
        reservation = reserve_calls(team_id, CALLS, share=SHARE, seconds=WAIT_SECONDS)
        if reservation is None:
            without_room.add(team_id)
            continue
        try:
            state = bring_up_to_date(delivery_id, reservation)
        finally:
            reservation.release()
        if state is not None:
            lines.append(f"The meeting of delivery {delivery_id} is now {state or 'not made'}.")
    return lines


def _due() -> list[tuple[int, int]]:
    """The deliveries, each with its team, of the meetings that are due, whose HubSpot may be called."""
    moment = now()
    query = (
        select(Meeting.delivery_id, Delivery.team_id)
        .join(Delivery, Delivery.id == Meeting.delivery_id)
        .where(
            Meeting.due_at <= moment,
            MEETING.free(moment),
            or_(Meeting.state == MeetingState.CREATED, Delivery.state.not_in(COMES_BACK)),
            Delivery.team_id.not_in(rate_limits.paused_teams()),
        )
        .order_by(Meeting.due_at)
        .limit(MOST)
    )
    rows = [(row.delivery_id, row.team_id) for row in db.session.execute(query)]
    end_read()
    return rows


def bring_up_to_date(delivery_id: int, reservation: Reservation) -> str | None:
    """Compare one meeting with its booking and tell HubSpot what differs; its state then, None when it is not due.

    Whatever HubSpot does ends up in the row; nothing is raised for it.
    """
    taken = retry_on_conflict(lambda: _take(delivery_id, reservation))
    if taken is None or isinstance(taken, str):
        return taken
    fault: HubSyncError | None = None
    try:
        _tell(taken)
    except NoReservation as none_left:
        fault = none_left
    except HubSyncError as met:
        fault = met
    return _conclude(taken, fault)


def _take(delivery_id: int, reservation: Reservation) -> _Change | str | None:
    """Take a due meeting and find out what differs; its state where nothing does, or nobody can be asked."""
    with write_transaction() as session:
        moment, worker = now(), secrets.token_hex(8)
        due = (_TABLE.c.delivery_id == delivery_id, _TABLE.c.due_at <= moment)
        if not MEETING.acquire(session, moment, *due, worker=worker):
            return None
        row = session.scalars(_OF_DELIVERY, {"delivery": delivery_id}).one()
        delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
        if row.state != MeetingState.CREATED and delivery.state in COMES_BACK:
            row.lease_owner, row.lease_until = "", None
            return row.state
        try:
            change = _compare(row, delivery, reservation, worker)
        except _Paused:
            row.due_at = moment + WHILE_PAUSED
            row.lease_owner, row.lease_until = "", None
            return row.state
        except HubSyncError as fault:
            if fault.scope is not Scope.ACCESS:
                raise
            row.due_at = moment + WITHOUT_ACCESS
            row.lease_owner, row.lease_until = "", None
            return row.state
        if change is None or change.is_nothing:
            row.due_at, row.tries = None, 0
            row.lease_owner, row.lease_until = "", None
            return row.state
        return change


def _compare(row: Meeting, delivery: Delivery, reservation: Reservation, worker: str) -> _Change | None:
    """What differs. Raises _Paused, and the errors of a connection that cannot be used."""
    if row.state in (MeetingState.ALREADY_THERE, MeetingState.GONE) and not row.former_ids:
        return None
    booking, calendar = delivery.booking, read_mapped(delivery.calendar_id)
    if calendar.rules.mapping is None:
        return None
    if not (calendar.rules.active and posts(calendar.plan)):
        raise _Paused
    draft = draft_mapped(calendar, booking) or Draft(None, None)
    account_id = row.hubspot_account_id or delivery.hubspot_account_id
    posting = _posting(delivery, account_id, calendar, draft, reservation, worker)
    change = _Change(_kept(row), worker, posting, former=row.former_ids.split())
    if row.state != MeetingState.CREATED:
        posting.meeting = _work(row, delivery, calendar, draft, worker)
        return change
    outcome = outcome_of(booking.cancelled_at, booking.no_show_at)
    if outcome != row.outcome:
        change.outcome = outcome
    times = (booking.starts_at, booking.ends_at)
    if booking.starts_at is not None and times != (row.starts_at, row.ends_at):
        change.properties |= time_properties(booking.starts_at, booking.ends_at)
    place = meeting.place_of(booking.location)
    if place != row.place:
        change.properties[LOCATION] = booking.location
    change.sent = {"starts_at": times[0], "ends_at": times[1], "outcome": outcome, "place": place}
    return change


def _kept(row: Meeting) -> _Kept:
    return _Kept(row.delivery_id, row.state, row.meeting_id, row.due_at, row.tries)


def _work(
    row: Meeting, delivery: Delivery, calendar: MappedCalendar, draft: Draft, worker: str
) -> MeetingWork | None:
    """The meeting that has to be made, or looked for, because the booking has another time; None for any other."""
    plan, why_none = plan_meeting(calendar, delivery.booking, draft)
    in_doubt = row.state == MeetingState.INTENT
    to_come = plan is not None and plan.starts_at > now() and not why_none
    wanted = calendar.rules.meetings is not None and calendar.rules.active
    stands = is_at_hubspot(delivery.company, delivery.contact) and not undone_among([delivery.id])
    if not in_doubt and not (to_come and wanted and stands):
        return None
    if not wanted:
        why_none = why_none or NoMeeting.OFF
    return MeetingWork(
        worker,
        plan,
        why_none,
        state=MeetingState.INTENT if in_doubt else MeetingState.UNTRIED,
        in_doubt=in_doubt,
        contact_was_open=delivery.contact in OPEN,
    )


def _posting(
    delivery: Delivery,
    account_id: str,
    calendar: MappedCalendar,
    draft: Draft,
    reservation: Reservation,
    worker: str,
) -> Posting:
    connection = read_usable(delivery.team_id, account_id)
    held = CachedAccess()
    held.take(connection)
    task = Task(
        team_id=delivery.team_id,
        account_id=connection.hubspot_account_id,
        draft=draft,
        deadline=Deadline.after(SECONDS),
        reservation=reservation,
        time_zone=connection.time_zone,
        owner=read_wish(delivery, connection, calendar.rules),
        delivery=TakenDelivery(delivery.id, worker, delivery.created_at),
    )
    return Posting(
        task,
        company=delivery.company,
        company_id=delivery.company_id,
        contact=delivery.contact,
        contact_id=delivery.contact_id,
        held=held,
    )


def _tell(change: _Change) -> None:
    """Tell HubSpot all that differs. Raises what HubSpot answers, RecordGone where the meeting is gone."""
    posting, deadline = change.posting, change.posting.task.deadline
    if posting.meeting is not None:
        meeting.post_meeting(posting)
    options: list[str] | None = None
    if change.former or change.outcome is not None:
        posting.reserve(CallCount(1))
        options = _read_options(posting)
    for each in list(change.former):
        cancelled = option_for(MeetingOutcome.CANCELED, options or [])
        if cancelled:
            _cancel_former(posting, each, cancelled)
        change.former.remove(each)
    properties = dict(change.properties)
    if change.outcome is not None and (option := option_for(change.outcome, options or [])):
        properties[OUTCOME] = option
    while properties:
        posting.reserve(CallCount(1))
        try:
            posting.ask(_changed(change.kept.meeting_id, properties, deadline))
            return
        except ValuesRefused as refused:
            left = {name: value for name, value in properties.items() if name not in refused.refused}
            if len(left) == len(properties) or not left:
                raise
            properties = left


def _changed(meeting_id: str, properties: dict[str, str], deadline: Deadline) -> Callable[[HubSpotClient], None]:
    return lambda client: client.change_meeting(meeting_id, properties, deadline)


def _read_options(posting: Posting) -> list[str]:
    try:
        return posting.ask(lambda client: client.read_meeting_outcomes(posting.task.deadline))
    except RecordGone:
        return []


def _cancel_former(posting: Posting, meeting_id: str, option: str) -> None:
    posting.reserve(CallCount(1))
    try:
        posting.ask(_changed(meeting_id, {OUTCOME: option}, posting.task.deadline))
    except RecordGone:
        return


def _conclude(change: _Change, fault: HubSyncError | None) -> str:
    """Write down what became of it, if the lease is still ours; what happened meanwhile leaves it due."""
    kept, posting, work = change.kept, change.posting, change.posting.meeting
    values: dict[str, Any] = {"former_ids": " ".join(change.former), **MEETING.released()}
    due, state = None, kept.state
    if work is not None and fault is None:
        state = work.state
        values |= {"meeting_id": work.meeting_id, "reason": work.reason}
        values |= {"hubspot_account_id": posting.task.account_id}
        values |= meeting.sent_columns(work)
        due = values.pop("due_at", None)
    elif work is not None:
        state = work.state
    elif fault is None:
        values |= {**change.sent, "reason": ""}
    if isinstance(fault, RecordGone) and work is None:
        state, values["reason"] = MeetingState.GONE, ""
    elif fault is not None:
        due, more = _after(fault, kept, posting)
        values |= more
        if due is None and work is not None and state is not MeetingState.INTENT:
            state = MeetingState.REFUSED
    else:
        values["tries"] = 0
    with write_transaction() as session:
        statement = update(_TABLE).where(
            _TABLE.c.delivery_id == kept.delivery_id, _TABLE.c.lease_owner == change.worker
        )
        as_read = case((_TABLE.c.due_at == kept.due_at, due), else_=_TABLE.c.due_at)
        session.execute(statement.values(state=state, due_at=as_read, **values))
        pause = pause_of(fault, now(), posting.task.time_zone)
        rate_limits.note(session, posting.task.team_id, posting, fault, pause, posted=False)
    return state


def _after(fault: HubSyncError, kept: _Kept, posting: Posting) -> tuple[datetime | None, dict[str, Any]]:
    """When it is tried again after *fault*, None for never, and the columns that say so."""
    moment = now()
    if isinstance(fault, NoReservation):
        return moment, {}
    pause = pause_of(fault, moment, posting.task.time_zone)
    if pause is not None:
        return pause.until, {}
    if fault.scope is Scope.ACCESS:
        return moment + WITHOUT_ACCESS, {}
    tries = kept.tries + 1
    wait = fault.retry_after if isinstance(fault, HubSpotError) else None
    again = None
    if not fault.permanent or fault.scope is Scope.INSTALLATION:
        # Jitter spreads retries; nothing secret depends on it.
        again = next_attempt(tries, moment, wait, random.uniform(-1, 1))  # noqa: S311
    return again, {"tries": tries, "reason": fault.code}
