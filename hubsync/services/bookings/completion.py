"""Completion of a booking: stored with its delivery in one commit, then the first attempt at posting it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, null, select, union_all
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.booking import Booking
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.email_address import kept_email
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.pacing import ONE_CALL
from hubsync.domain.searching import as_searched, email_as_searched
from hubsync.domain.values import AnswerValue
from hubsync.errors import BookingErased, BookingNotKept, NoReservation
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.bookings.answer_placement import place_answers
from hubsync.services.calendars.source_calendars import calendar_for
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.dispatch import deliver, new_lease, read_delivery
from hubsync.services.deliveries.runner import carry
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import CALLS_SECONDS
from hubsync.services.posting.shared_pace import announce, reserve_calls
from hubsync.store import retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.erased import ErasedBooking

# Built once, for every booking asks: building a statement takes longer than running it. The state is that of the
# delivery when its booking was erased, None where both are there.
_KNOWN: CompoundSelect[int, str | None] = union_all(
    select(Delivery.id.label("delivery_id"), null().label("erased_as"))
    .join(BookingRecord)
    .where(
        BookingRecord.team_id == bindparam("team"),
        BookingRecord.source == bindparam("from_source"),
        BookingRecord.external_id == bindparam("external"),
    ),
    select(ErasedBooking.delivery_id, ErasedBooking.state).where(
        ErasedBooking.team_id == bindparam("team"),
        ErasedBooking.source == bindparam("from_source"),
        ErasedBooking.external_hash == bindparam("external_hash"),
    ),
)


def complete(team_id: int, booking: Booking) -> Delivery:
    """Write *booking* down with its delivery, then make the first attempt; return the delivery as that left it.

    The one entry point for every source of the team. The same booking again returns the first delivery; a calendar
    or question that a source has new is made from what it sent. HubSpot's failure is the delivery's, never the
    guest's: nothing is raised for it. When half of the process's threads post already or wait for HubSpot's
    limits, the attempt is left to the background.

    Raises BookingNotKept when the database would not take it now, BookingErased when it came before and its data
    has been erased; for a booking page also NotFound and BookingPageClosed.
    """
    budget = settings().sync_budget_seconds
    with translate_faults():
        if budget <= 0 or not tools().share.take():
            return _leave_to_background(team_id, booking)
        try:
            return _write_down_and_post(team_id, booking, Deadline.after(budget))
        finally:
            tools().share.release()


@contextmanager
def translate_faults() -> Iterator[None]:
    """Raise BookingNotKept where the database is locked, full or gone: the same booking may be sent again."""
    try:
        yield
    except (OperationalError, InterfaceError) as fault:
        # The statement and its values are a guest's: neither may travel on with the error.
        raise BookingNotKept(type(fault.orig).__name__) from None


def stored_answers(answers: Mapping[int, AnswerValue]) -> dict[str, object]:
    """Answers as the bookings table keeps them."""
    return {str(key): list(value) if isinstance(value, tuple) else value for key, value in answers.items()}


def _leave_to_background(team_id: int, booking: Booking) -> Delivery:
    delivery, is_new = _written_down(team_id, booking, None)
    if is_new:
        tools().wake.set()
    return delivery


def _write_down_and_post(team_id: int, booking: Booking, deadline: Deadline) -> Delivery:
    """Post at once where HubSpot's limits have room, else when they have within the time of *deadline*.

    Whatever waits is committed and due, so that nothing is lost with this process, and whoever has time first
    posts it.
    """
    reservation = reserve_calls(team_id, ONE_CALL)
    try:
        delivery, is_new = _written_down(team_id, booking, reservation)
        if not is_new:
            return delivery
        if delivery.state == DeliveryState.SENDING:
            if carry(delivery.id, delivery.lease_owner, deadline, "first", reservation):
                return delivery
            return read_delivery(delivery.id)
    finally:
        if reservation is not None:
            reservation.release()
    turn = reserve_calls(team_id, ONE_CALL, seconds=max(0.0, deadline.left() - CALLS_SECONDS))
    if turn is not None:
        deliver(delivery.id, deadline, turn, "first")
    delivery = read_delivery(delivery.id)
    if delivery.state in (DeliveryState.PENDING, DeliveryState.RETRYING):
        tools().wake.set()
    return delivery


def _written_down(team_id: int, booking: Booking, reservation: Reservation | None) -> tuple[Delivery, bool]:
    """The booking's delivery, and whether it is new: ``sending`` then with a *reservation*, else ``pending``."""
    try:
        return retry_on_conflict(lambda: _write_down(team_id, booking, reservation))
    except NoReservation:  # another process called meanwhile
        return retry_on_conflict(lambda: _write_down(team_id, booking, None))


def _write_down(team_id: int, booking: Booking, reservation: Reservation | None) -> tuple[Delivery, bool]:
    """The booking's delivery, and whether it is new. Repeated when another booking came at the same instant."""
    lease: Mapping[str, Any] = {"state": DeliveryState.PENDING} if reservation is None else new_lease()
    record = _record_of(team_id, booking)
    with write_transaction() as session:
        known = _known(session, team_id, booking.source, booking.external_id)
        if known is not None:
            return known, False
        calendar = calendar_for(session, team_id, booking)
        placed = place_answers(session, calendar, booking)
        record.calendar_id = calendar.id
        record.answers = stored_answers(placed.answers)
        record.notes = [note.stored() for note in placed.notes]
        record.guest_email = _guest_email(placed.email)
        delivery = Delivery(
            team_id=team_id,
            calendar_id=calendar.id,
            booking=record,
            created_at=record.created_at,
            search_email=email_as_searched(record.guest_email),
            search_company=as_searched(booking.guest.company),
            **lease,
        )
        transitions.begin(session, delivery)
        if reservation is not None:
            announce(session, reservation)
        return delivery, True


def _record_of(team_id: int, booking: Booking) -> BookingRecord:
    """The row of *booking*, as far as it does not depend on the calendar's questions."""
    return BookingRecord(
        team_id=team_id,
        source=booking.source,
        external_id=booking.external_id,
        guest_name=booking.guest.name[:500],
        guest_time_zone=booking.guest.timezone[:64],
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        host=booking.host[:320],
        url_params=dict(booking.url_params),
        created_at=now(),
    )


def _known(session: Session, team_id: int, source: str, external_id: str) -> Delivery | None:
    """The delivery of a booking that came before; None for a new one. Raises BookingErased."""
    named = {"team": team_id, "from_source": source, "external": external_id}
    row = session.execute(_KNOWN, {**named, "external_hash": fingerprint(external_id)}).first()
    if row is None:
        return None
    if row.erased_as is not None:
        raise BookingErased(row.delivery_id, row.erased_as)
    return session.get_one(Delivery, row.delivery_id)


def _guest_email(text: str) -> str:
    """The guest's address as bookings keep it."""
    return kept_email(text).lower()[:320]
