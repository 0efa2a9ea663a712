"""Changes of meetings after they were made: moved, cancelled, nobody came; out in the background.

What is due is compared with its booking as that is now, so that a later event wins and the order of their coming
does not matter. HubSpot is told only what it was not told before: what a person changed there since is left alone.
That one is to be made is written down with the lease, as an attempt at a delivery does it.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.meetings import UNSETTLED_MEETING, MeetingState
from hubsync.domain.pacing import SHARE, CallCount
from hubsync.domain.pauses import pause_of
from hubsync.domain.retries import next_attempt
from hubsync.errors import DetailCode, HubSpotError, HubSyncError, NoReservation, RecordGone, Scope, tell
from hubsync.services import now, tools
from hubsync.services.deliveries import meeting_updates
from hubsync.services.deliveries.dispatch import DueDelivery
from hubsync.services.deliveries.meeting_differences import KeptMeeting, MeetingChange, Paused, compare
from hubsync.services.isolation import origin_of
from hubsync.services.posting import rate_limits
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import Posting
from hubsync.services.posting.kept_meetings import sent_columns
from hubsync.services.posting.shared_pace import reserve_calls
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import MEETING
from hubsync.store.meetings import Meeting

log = logging.getLogger(__name__)
MOST = 100
"""So many are looked for at a time."""
SLICE_SECONDS = 10.0
"""So long one round may take, so that due deliveries have their turn."""
CALLS = CallCount(2)
"""The outcomes that the account has, and the change."""
WAIT_SECONDS = 1.0
WITHOUT_ACCESS = timedelta(minutes=15)
"""So long after access was found to be lost in the middle of it one is looked at again."""
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


def run_due_meetings(stopped: Callable[[], bool] = lambda: False, seconds: float = SLICE_SECONDS) -> list[str]:
    """Bring every meeting up to date whose booking has changed, for so many *seconds* or until *stopped*.

    A sentence for each. What is left over is gone on with in the next round, which begins at once. Any number of
    processes may do this at once: each meeting is taken by one of them. One that HubSync cannot cope with keeps no
    other waiting, and a team whose limits have no room no other team.
    """
    lines, ends = list[str](), time.monotonic() + seconds
    begun, without_room = set[int](), set[int]()
    while due := [each for each in _due(without_room) if each.id not in begun]:
        for delivery in due:
            if stopped():
                return lines
            if time.monotonic() > ends:
                tools().wake.set()
                return lines
            begun.add(delivery.id)
            state = _bring(delivery, without_room)
            if state is not None:
                lines.append(f"The meeting of delivery {delivery.id} is now {state or 'not made'}.")
    return lines


def _bring(delivery: DueDelivery, without_room: set[int]) -> str | None:
    """`bring_up_to_date` of one, if its team's limits have room; else the team is one *without_room*."""
    if delivery.team_id in without_room:
        return None
    reservation = reserve_calls(delivery.team_id, CALLS, share=SHARE, seconds=WAIT_SECONDS)
    if reservation is None:
        without_room.add(delivery.team_id)
        return None
    try:
        return bring_up_to_date(delivery.id, reservation)
    except Exception as mistake:
        log.error("the meeting of delivery %d met %s:\n%s", delivery.id, *origin_of(mistake))
        db.session.rollback()
        retry_on_conflict(partial(_put_off, delivery.id, mistake))
        return None
    finally:
        reservation.release()


def _due(without_room: Collection[int]) -> list[DueDelivery]:
    """The deliveries of the meetings that are due, the longest due first, whose HubSpot may be told of them.

    Those of a team that has no access, watches only or has another account by now cost nothing until that is over.
    """
    moment = now()
    account = case(
        (Meeting.hubspot_account_id != "", Meeting.hubspot_account_id), else_=Delivery.hubspot_account_id
    )
    query = (
        select(Meeting.delivery_id, Delivery.team_id)
        .join(Delivery, Delivery.id == Meeting.delivery_id)
        .join(Connection, Connection.team_id == Delivery.team_id)
        .where(
            Meeting.due_at <= moment,
            MEETING.free(moment),
            or_(Meeting.state == MeetingState.CREATED, Delivery.state.not_in(COMES_BACK)),
            Connection.state == ConnectionState.CONNECTED,
            Connection.watching_since.is_(None),
            or_(account == "", account == Connection.hubspot_account_id),
            Delivery.team_id.not_in(rate_limits.paused_teams()),
            Delivery.team_id.not_in(without_room),
        )
        .order_by(Meeting.due_at)
        .limit(MOST)
    )
    due = [DueDelivery(*row) for row in db.session.execute(query)]
    end_read()
    return due


def bring_up_to_date(delivery_id: int, reservation: Reservation) -> str | None:
    """Compare one meeting with its booking and tell HubSpot what differs; its state then, None when it is not due.

    Whatever HubSpot does ends up in the row; nothing is raised for it.
    """
    taken = retry_on_conflict(lambda: _take(delivery_id, reservation))
    if taken is None or isinstance(taken, str):
        return taken
    fault: HubSyncError | None = None
    try:
        meeting_updates.tell(taken)
    except NoReservation as none_left:
        fault = none_left
    except HubSyncError as met:
        fault = met
    return _conclude(taken, fault)


def _take(delivery_id: int, reservation: Reservation) -> MeetingChange | str | None:
    """Take a due meeting and find out what differs; its state where nothing does, or nobody can be asked."""
    with write_transaction() as session:
        moment, worker = now(), secrets.token_hex(8)
        due = (_TABLE.c.delivery_id == delivery_id, _TABLE.c.due_at <= moment)
        if not MEETING.acquire(session, moment, *due, worker=worker):
            return None
        row = session.scalars(_OF_DELIVERY, {"delivery": delivery_id}).one()
        delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
        if row.state != MeetingState.CREATED and delivery.state in COMES_BACK:
            MEETING.clear(row)
            return row.state
        try:
            change = compare(row, delivery, reservation, worker)
        except Paused:
            row.due_at = moment + WHILE_PAUSED
            MEETING.clear(row)
            return row.state
        except HubSyncError as fault:
            if fault.scope is not Scope.ACCESS:
                raise
            row.due_at = moment + WITHOUT_ACCESS
            MEETING.clear(row)
            return row.state
        if change is None or change.is_nothing:
            row.due_at, row.tries = None, 0
            MEETING.clear(row)
            return row.state
        if change.posting.meeting is not None:
            row.state, row.hubspot_account_id = MeetingState.INTENT, change.posting.task.account_id
        return change


def _conclude(change: MeetingChange, fault: HubSyncError | None) -> str:
    """Write down what became of it, if the lease is still ours; what happened meanwhile leaves it due."""
    kept, posting, work = change.kept, change.posting, change.posting.meeting
    values: dict[str, Any] = MEETING.released()
    due, state = None, kept.state
    if work is not None:
        state = work.state
        values |= sent_columns(work)
        due = values.pop("due_at", None)
        if state not in UNSETTLED_MEETING:  # what it is stands, whatever happened to the rest
            values |= {"meeting_id": work.meeting_id, "reason": work.reason}
    elif fault is None:
        values |= {**change.sent, "reason": ""}
    if isinstance(fault, RecordGone) and work is None:
        state, values["reason"] = MeetingState.GONE, ""
    elif fault is not None:
        again, more = _after(fault, kept, posting)
        due = again or due
        values |= more
        if again is None and state is MeetingState.UNTRIED:
            state = MeetingState.REFUSED
    else:
        values["tries"] = 0
    with write_transaction() as session:
        mine = (_TABLE.c.delivery_id == kept.delivery_id, _TABLE.c.lease_owner == change.worker)
        if change.cancelled:
            values["former_ids"] = _former_left(session, change)
        as_read = case((_TABLE.c.due_at == kept.due_at, due), else_=_TABLE.c.due_at)
        session.execute(update(_TABLE).where(*mine).values(state=state, due_at=as_read, **values))
        pause = pause_of(fault, now(), posting.task.time_zone)
        rate_limits.note(session, posting.task.team_id, posting, fault, pause, posted=False)
    return state


def _former_left(session: Session, change: MeetingChange) -> str:
    """The former meetings that are to be cancelled yet: bookings may have been joined to this one meanwhile."""
    former = select(_TABLE.c.former_ids).where(_TABLE.c.delivery_id == change.kept.delivery_id)
    now_kept = session.scalar(former.with_for_update()) or ""
    return " ".join(each for each in now_kept.split() if each not in change.cancelled)


def _put_off(delivery_id: int, mistake: Exception) -> None:
    """Try a meeting again later with which HubSync could not cope, as long as deliveries are tried."""
    fault = HubSyncError(tell(DetailCode.MISTAKE, mistake=type(mistake).__name__))
    with write_transaction() as session:
        row = session.scalars(_OF_DELIVERY, {"delivery": delivery_id}).one_or_none()
        if row is not None:
            row.tries, row.reason = row.tries + 1, fault.code
            row.due_at = next_attempt(row.tries, now(), None, random.uniform(-1, 1))  # noqa: S311  # spreads


def _after(fault: HubSyncError, kept: KeptMeeting, posting: Posting) -> tuple[datetime | None, dict[str, Any]]:
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
