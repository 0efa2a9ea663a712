"""What HubSpot is to be told of a meeting whose booking has changed: how the row and the booking differ.

It is told only what it was not told before: what a person changed there since is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hubsync.domain.mapping import Draft
from hubsync.domain.meetings import (
    LOCATION,
    MeetingOutcome,
    MeetingState,
    NoMeeting,
    outcome_of,
    time_properties,
)
from hubsync.domain.outcomes import Outcome, is_at_hubspot
from hubsync.domain.plans import posts
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.api_access import CachedAccess
from hubsync.services.connection.tokens import read_usable
from hubsync.services.deliveries.runner import read_wish
from hubsync.services.deliveries.undoing import undone_among
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import Posting
from hubsync.services.posting.draft import draft_mapped
from hubsync.services.posting.kept_meetings import place_of
from hubsync.services.posting.mapped_calendars import MappedCalendar, read_mapped
from hubsync.services.posting.meeting_plan import plan_meeting
from hubsync.services.posting.meeting_work import MeetingWork
from hubsync.services.posting.task import TakenDelivery, Task
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.meetings import Meeting

SECONDS = 30.0
"""So long may telling HubSpot take."""


class Paused(Exception):
    """The calendar posts nothing at this moment."""


@dataclass(frozen=True)
class KeptMeeting:
    """A row as it was taken, in plain values, which no later transaction changes."""

    delivery_id: int
    state: MeetingState
    meeting_id: str
    due_at: datetime | None
    tries: int


@dataclass
class MeetingChange:
    """What is to be told HubSpot of one meeting, and what the row says afterwards.

    The posting's *meeting* is there where one has to be made, or looked for, first; *outcome* is to be found among
    the account's. Of the *former* ones those are *cancelled* that HubSpot was told of by now.
    """

    kept: KeptMeeting
    worker: str
    posting: Posting
    properties: dict[str, str] = field(default_factory=dict)
    outcome: MeetingOutcome | None = None
    former: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    sent: dict[str, Any] = field(default_factory=dict)

    @property
    def is_nothing(self) -> bool:
        return not (self.properties or self.outcome or self.former or self.posting.meeting)


def compare(row: Meeting, delivery: Delivery, reservation: Reservation, worker: str) -> MeetingChange | None:
    """What differs. Raises Paused, and the errors of a connection that cannot be used."""
    if row.state in (MeetingState.ALREADY_THERE, MeetingState.GONE) and not row.former_ids:
        return None
    booking, calendar = delivery.booking, read_mapped(delivery.calendar_id)
    if calendar.rules.mapping is None:
        return None
    if not (calendar.rules.active and posts(calendar.plan)):
        raise Paused
    draft = draft_mapped(calendar, booking) or Draft(None, None)
    account_id = row.hubspot_account_id or delivery.hubspot_account_id
    posting = _posting(delivery, account_id, calendar, draft, reservation, worker)
    change = MeetingChange(_kept(row), worker, posting, former=row.former_ids.split())
    if row.state != MeetingState.CREATED:
        posting.meeting = _work(row, delivery, calendar, draft, worker)
        return change
    outcome = outcome_of(booking.cancelled_at, booking.no_show_at)
    if outcome != row.outcome:
        change.outcome = outcome
    times = (booking.starts_at, _end(row, booking))
    if booking.starts_at is not None and times != (row.starts_at, row.ends_at):
        change.properties |= time_properties(booking.starts_at, times[1])
    place = place_of(booking.location)
    if place != row.place:
        change.properties[LOCATION] = booking.location
    change.sent = {"starts_at": times[0], "ends_at": times[1], "outcome": outcome, "place": place}
    return change


def _end(row: Meeting, booking: BookingRecord) -> datetime | None:
    """When it ends. Where the move does not say, it is as long as it was: HubSpot would keep the former end."""
    if booking.ends_at is not None or booking.starts_at is None or row.starts_at is None or row.ends_at is None:
        return booking.ends_at
    return booking.starts_at + (row.ends_at - row.starts_at)


def _kept(row: Meeting) -> KeptMeeting:
    return KeptMeeting(row.delivery_id, row.state, row.meeting_id, row.due_at, row.tries)


def _work(
    row: Meeting, delivery: Delivery, calendar: MappedCalendar, draft: Draft, worker: str
) -> MeetingWork | None:
    """The meeting that has to be made, because the booking has another time, or looked for; None for any other."""
    plan, why_none = plan_meeting(calendar, delivery.booking, draft)
    in_doubt = row.state == MeetingState.INTENT
    to_come = plan is not None and plan.starts_at > now() and not why_none
    wanted = calendar.rules.meetings is not None and calendar.rules.active
    stands = is_at_hubspot(delivery.company, delivery.contact) and not undone_among([delivery.id])
    if not in_doubt and not (to_come and wanted and stands):
        return None
    if not wanted:
        why_none = why_none or NoMeeting.OFF
    elif not stands:  # what was undone gets none afterwards
        why_none = why_none or NoMeeting.NO_RECORD
    return MeetingWork(
        worker,
        plan,
        why_none,
        state=MeetingState.INTENT if in_doubt else MeetingState.UNTRIED,
        in_doubt=in_doubt,
        contact_was_untried=delivery.contact == Outcome.UNTRIED,
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
