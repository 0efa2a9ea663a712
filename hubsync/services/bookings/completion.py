"""Completion of a booking: stored with its delivery in one commit, then the first attempt at posting it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.booking import Booking
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.email_address import kept_email
from hubsync.domain.pacing import ONE_CALL
from hubsync.domain.reasons import Reason
from hubsync.domain.received import Result
from hubsync.domain.searching import company_as_searched, email_as_searched
from hubsync.domain.values import AnswerValue
from hubsync.errors import BookingErased, BookingNotKept, NoReservation
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.bookings.answer_placement import place_answers
from hubsync.services.bookings.changes import change_known, name_new
from hubsync.services.bookings.erased_bookings import remember_further
from hubsync.services.bookings.joined_bookings import DeliveryBusy
from hubsync.services.bookings.known_bookings import find_known
from hubsync.services.bookings.marks import set_marks
from hubsync.services.calendars.source_calendars import calendar_for
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.begun_attempt import BegunAttempt
from hubsync.services.deliveries.dispatch import deliver, new_lease, read_delivery
from hubsync.services.deliveries.runner import begin_attempt, carry
from hubsync.services.posting.context import CALLS_SECONDS
from hubsync.services.posting.shared_pace import reserve_at_once, reserve_calls
from hubsync.store import db, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.new_rows import insert_row

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Completed:
    """The delivery of a booking as it is now, and what the booking's news became."""

    delivery: Delivery
    result: Result


Admit = Callable[[Session, BookingRecord], bool]
"""Decides whether a new booking is let in, and what else is written of it; what it raises keeps it out.

Returns whether the booking is to be held for a look: then nothing of it is posted until somebody says so.
"""


class _Arrival(NamedTuple):
    """A booking that has come, and how it is taken in."""

    team_id: int
    booking: Booking
    by_comparison: bool
    admit: Admit | None
    calendar: Calendar | None = None
    """Whose booking it is; None for that which the booking names."""


def complete(team_id: int, booking: Booking) -> Delivery:
    """`take_in` for whoever wants no more than the delivery."""
    return take_in(team_id, booking).delivery


def take_in(
    team_id: int,
    booking: Booking,
    *,
    at_most_seconds: float | None = None,
    by_comparison: bool = False,
    admit: Admit | None = None,
) -> Completed:
    """Write *booking* down with its delivery, then make the first attempt; return the delivery as that left it.

    The one entry point for every source of the team. The same booking again returns the first delivery, changed
    where it was moved, cancelled or missed since (`changes`); a calendar or question that a source has new is made
    from what it sent. HubSpot's failure is the delivery's, never the guest's: nothing is raised for it. When half
    of the process's threads post already or wait for HubSpot's limits, the attempt is left to the background, as
    is what takes longer than the synchronous budget or *at_most_seconds*. *by_comparison* marks a booking that was
    found in the source's own list. *admit* is asked about a booking that is new, in the unit that writes it down.

    Raises BookingNotKept when the database would not take it now, BookingErased when it came before and its data
    has been erased, NotFound when it was deleted while it was posted; for a booking page also BookingPageClosed.
    """
    budget = settings().sync_budget_seconds
    if at_most_seconds is not None:
        budget = min(budget, at_most_seconds)
    arrival = _Arrival(team_id, booking, by_comparison, admit)
    with translate_faults():
        if budget <= 0 or not tools().share.take():
            return _leave_to_background(arrival)
        try:
            return _write_down_and_post(arrival, Deadline.after(budget))
        finally:
            tools().share.release()


@contextmanager
def translate_faults() -> Iterator[None]:
    """Raise BookingNotKept where the database is locked, full or gone: the same booking may be sent again.

    So it may where others wrote the same rows at one instant, again and again.
    """
    try:
        yield
    except (OperationalError, InterfaceError, IntegrityError) as fault:
        db.session.rollback()  # PostgreSQL answers nothing more in a transaction that failed, and a page reads on
        # The statement and its values are a guest's: neither may travel on with the error.
        raise BookingNotKept(type(fault.orig).__name__) from None


def stored_answers(answers: Mapping[int, AnswerValue]) -> dict[str, object]:
    """Answers as the bookings table keeps them."""
    return {str(key): list(value) if isinstance(value, tuple) else value for key, value in answers.items()}


def _leave_to_background(arrival: _Arrival) -> Completed:
    completed, _ = _written_down(arrival)
    if _is_to_be_posted(completed):
        tools().wake.set()
    return completed


def _is_to_be_posted(completed: Completed) -> bool:
    return completed.result is Result.BOOKED and completed.delivery.state != DeliveryState.HELD


def _write_down_and_post(arrival: _Arrival, deadline: Deadline) -> Completed:
    """Post at once where HubSpot's limits have room, else when they have within the time of *deadline*.

    Whatever waits is committed and due, so that nothing is lost with this process, and whoever has time first
    posts it.
    """
    completed, attempt = _written_down(arrival, deadline)
    if not _is_to_be_posted(completed):
        return completed
    delivery_id = completed.delivery.id  # the row may be gone when it is asked for later
    if attempt is not None:
        return completed if carry(attempt) else Completed(read_delivery(delivery_id), Result.BOOKED)
    turn = reserve_calls(arrival.team_id, ONE_CALL, seconds=max(0.0, deadline.left() - CALLS_SECONDS))
    if turn is not None:
        deliver(delivery_id, deadline, turn, "first")
    delivery = read_delivery(delivery_id)
    if delivery.state in (DeliveryState.PENDING, DeliveryState.RETRYING):
        tools().wake.set()
    return Completed(delivery, Result.BOOKED)


def _written_down(arrival: _Arrival, deadline: Deadline | None = None) -> tuple[Completed, BegunAttempt | None]:
    """The booking's delivery: a new one is ``pending``, unless it is held.

    With a *deadline*, and if HubSpot's limits have room at once, it is ``sending`` and its first attempt is begun.
    Until then a worker that posts what this booking is to be joined with is waited for.
    """
    posts = deadline is not None
    while True:
        waits = deadline is not None and deadline.left() > POLL_SECONDS
        try:
            return retry_on_conflict(partial(_write_down, arrival, deadline if posts else None, waits=waits))
        except NoReservation:  # another process called meanwhile
            posts = False
        except DeliveryBusy:
            time.sleep(POLL_SECONDS)
        except BookingErased as erased:
            if len(arrival.booking.ids) > 1:
                retry_on_conflict(partial(_remember_further, arrival, erased))
            raise


def _remember_further(arrival: _Arrival, erased: BookingErased) -> None:
    booking = arrival.booking
    with write_transaction() as session:
        remember_further(session, arrival.team_id, booking.source, booking.ids, erased.delivery_id, erased.state)


def _write_down(
    arrival: _Arrival, deadline: Deadline | None, *, waits: bool
) -> tuple[Completed, BegunAttempt | None]:
    """The booking's delivery, new or changed. Repeated when another booking came at the same instant."""
    with write_transaction() as session:
        changed = change_known(session, arrival.team_id, arrival.booking, waits=waits)
        if changed is not None:
            return Completed(changed.delivery, changed.result), None
        return _write_new(session, arrival, deadline)


def _write_new(
    session: Session, arrival: _Arrival, deadline: Deadline | None
) -> tuple[Completed, BegunAttempt | None]:
    """The delivery of a new booking, with its first attempt where HubSpot's limits have room for a call."""
    team_id, booking, by_comparison, admit, calendar = arrival
    record = new_record(session, team_id, booking, by_comparison, calendar)
    held = admit is not None and admit(session, record)
    if record.id is None:  # it has one where mails tell of it
        insert_row(session, record)
    reservation = None if held or deadline is None else reserve_at_once(session, team_id, ONE_CALL)
    begun: dict[str, Any] = new_lease() if reservation is not None else {"state": DeliveryState.PENDING}
    if held:
        begun = {"state": DeliveryState.HELD, "reason": Reason.HOURLY_CEILING}
    delivery = Delivery(
        team_id=team_id,
        calendar_id=record.calendar_id,
        booking_id=record.id,
        booking=record,
        created_at=record.created_at,
        search_email=email_as_searched(record.guest_email),
        search_company=company_as_searched(booking.guest.company),
        **begun,
    )
    transitions.begin(session, delivery)
    name_new(session, record, booking)
    attempt = None
    if deadline is not None and reservation is not None:
        attempt = begin_attempt(session, delivery, deadline, "first", reservation)
    return Completed(delivery, Result.BOOKED), attempt


def write_imported(session: Session, calendar: Calendar, booking: Booking, admit: Admit) -> Delivery | None:
    """Write a booking of before down with its delivery, which is ``pending``; None when it is known or was erased.

    It belongs to *calendar*, whatever its source is. The caller commits.
    """
    try:
        known = find_known(session, calendar.team_id, booking.source, booking.ids)
    except BookingErased:
        return None
    if known.deliveries:
        return None
    completed, _none = _write_new(session, _Arrival(calendar.team_id, booking, False, admit, calendar), None)
    return completed.delivery


def new_record(
    session: Session,
    team_id: int,
    booking: Booking,
    by_comparison: bool = False,
    calendar: Calendar | None = None,
) -> BookingRecord:
    """The row of a *booking* that is new here, its answers under the questions of its calendar.

    Without a *calendar*, that which the booking names is made with its questions where they are new; the caller
    adds the row itself, and commits.
    """
    calendar = calendar or calendar_for(session, team_id, booking)
    placed = place_answers(session, calendar, booking)
    record = BookingRecord(
        team_id=team_id,
        calendar_id=calendar.id,
        calendar=calendar,
        answers=stored_answers(placed.answers),
        notes=[note.stored() for note in placed.notes],
        guest_email=_guest_email(placed.email),
        source=booking.source,
        external_id=booking.external_id,
        guest_name=booking.guest.name[:500],
        guest_time_zone=booking.guest.timezone[:64],
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        host=booking.host[:320],
        host_email=booking.host_email[:320],
        location=booking.location[:1000],
        locale=booking.locale[:35],
        by_comparison=by_comparison,
        url_params=dict(booking.url_params),
        created_at=now(),
    )
    set_marks(record, booking)
    return record


def _guest_email(text: str) -> str:
    """The guest's address as bookings keep it."""
    return kept_email(text).lower()[:320]
