"""Complete a booking: write it down with its delivery, then make the first attempt before anybody waits longer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, null, select, union_all
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking
from hubsync.domain.email_address import LONGEST_TYPED, kept_email
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.pacing import ONE_CALL
from hubsync.domain.questions import AnswerValue, Kind, Part
from hubsync.domain.searching import LONGEST, as_searched, email_as_searched
from hubsync.errors import BookingErased, BookingNotKept, NoPlace
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.bookings.answer_placement import place_answers
from hubsync.services.calendars.source_calendars import calendar_for
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.leases import deliver, new_lease, read_delivery
from hubsync.services.deliveries.runner import carry
from hubsync.services.posting.call_reservations import Place
from hubsync.services.posting.context import CALLS_SECONDS
from hubsync.services.posting.shared_pace import announce, take_place
from hubsync.store import in_a_race, writing
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.erased import ErasedBooking

# Made once, for every booking asks: making a statement takes longer than running it. The state is that of the
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


def complete_page_booking(
    calendar: Calendar,
    answers: Mapping[int, AnswerValue],
    starts_at: datetime,
    time_zone: str,
    form_id: str,
    url_params: Mapping[str, str],
) -> Delivery:
    """Complete a booking made on the calendar's own page; return its delivery as the first attempt left it.

    *answers* are checked answers by question id, *starts_at* is aware. *form_id* makes a form that is sent
    twice the same booking. HubSpot's trouble is the delivery's, never the guest's: nothing is raised for it.
    Raises BookingNotKept when the database would not take it now, BookingErased when it was and has been erased.
    """
    parts = {question.part: answers.get(question.id) for question in calendar.asked() if question.part}
    booking = BookingRecord(
        team_id=calendar.team_id,
        calendar_id=calendar.id,
        source="page",
        external_id=form_id,
        guest_name=_line(parts.get(Part.NAME), 500),
        guest_email=_guest_email(_line(parts.get(Part.EMAIL), LONGEST_TYPED)),
        guest_time_zone=time_zone[:64],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=calendar.duration_minutes),
        host=calendar.owner.name or calendar.owner.email,
        answers=stored_answers(answers),
        url_params=dict(url_params),
        created_at=now(),
    )
    return _complete(booking, None, _line(parts.get(Part.COMPANY), LONGEST))


def complete_source_booking(team_id: int, booking: Booking) -> Delivery:
    """Complete a booking that a source of the team handed over; return its delivery.

    The same booking again returns the first delivery. A calendar or question that is not known yet is made
    from what the source sent. Raises BookingNotKept when the database would not take it now, BookingErased when
    the booking came before and its data has been erased.
    """
    record = BookingRecord(
        team_id=team_id,
        source=booking.source,
        external_id=booking.external_id,
        guest_name=booking.guest.name[:500],
        guest_email=_guest_email(booking.guest.email),
        guest_time_zone=booking.guest.timezone[:64],
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        host=booking.host[:320],
        url_params=dict(booking.url_params),
        created_at=now(),
    )
    return _complete(record, booking, booking.guest.company)


def stored_answers(answers: Mapping[int, AnswerValue]) -> dict[str, object]:
    """Answers as the bookings table keeps them."""
    return {str(key): list(value) if isinstance(value, tuple) else value for key, value in answers.items()}


def _complete(record: BookingRecord, received: Booking | None, company: str) -> Delivery:
    """Commit booking and delivery before the first call to HubSpot, then make the first attempt.

    When half of the process's threads post already or wait for HubSpot's limits, the attempt is left to the
    background.
    """
    budget = tools().sync_budget_seconds
    if budget <= 0 or not tools().share.take():
        return _leave_to_background(record, received, company)
    try:
        return _write_down_and_post(record, received, company, Deadline.after(budget))
    finally:
        tools().share.give_back()


def _leave_to_background(record: BookingRecord, received: Booking | None, company: str) -> Delivery:
    delivery, is_new = _written_down(record, received, company, None)
    if is_new:
        tools().wake.set()
    return delivery


def _write_down_and_post(
    record: BookingRecord, received: Booking | None, company: str, deadline: Deadline
) -> Delivery:
    """Post at once where HubSpot's limits have room, else when they have within the time of *deadline*.

    Whatever waits is committed and due, so that nothing is lost with this process, and whoever has time first
    posts it.
    """
    place = take_place(record.team_id, ONE_CALL)
    try:
        delivery, is_new = _written_down(record, received, company, place)
        if not is_new:
            return delivery
        if delivery.state == "sending":
            if carry(delivery.id, delivery.lease_owner, deadline, "first", place):
                return delivery
            return read_delivery(delivery.id)
    finally:
        if place is not None:
            place.give_back()
    turn = take_place(record.team_id, ONE_CALL, seconds=max(0.0, deadline.left() - CALLS_SECONDS))
    if turn is not None:
        deliver(delivery.id, deadline, turn, "first")
    delivery = read_delivery(delivery.id)
    if delivery.state in ("pending", "retrying"):
        tools().wake.set()
    return delivery


def _written_down(
    record: BookingRecord, received: Booking | None, company: str, place: Place | None
) -> tuple[Delivery, bool]:
    """The booking's delivery, and whether it is new: ``sending`` then if there is a *place*, else ``pending``."""
    try:
        try:
            return in_a_race(lambda: _write_down(record, received, company, place))
        except NoPlace:  # another process called meanwhile
            return in_a_race(lambda: _write_down(record, received, company, None))
    except (OperationalError, InterfaceError) as fault:
        # The statement and its values are a guest's: neither may travel on with the error.
        raise BookingNotKept(type(fault.orig).__name__) from None


def _write_down(
    record: BookingRecord, received: Booking | None, company: str, place: Place | None
) -> tuple[Delivery, bool]:
    """The booking's delivery, and whether it is new. Repeated when another booking came at the same instant."""
    lease: Mapping[str, Any] = {"state": "pending"} if place is None else new_lease()
    record.id = None  # type: ignore[assignment]  # that of a transaction that was given up may be another's by now
    with writing() as session:
        known = _known(session, record.team_id, record.source, record.external_id)
        if known is not None:
            return known, False
        if received is not None:
            calendar = calendar_for(session, record.team_id, received)
            record.calendar_id = calendar.id
            placed = place_answers(session, calendar, received)
            record.answers = stored_answers(placed.answers)
            record.notes = [note.stored() for note in placed.notes]
            if not record.guest_email:
                record.guest_email = _answered_email(calendar, record.answers)
        delivery = Delivery(
            team_id=record.team_id,
            calendar_id=record.calendar_id,
            booking=record,
            created_at=record.created_at,
            search_email=email_as_searched(record.guest_email),
            search_company=as_searched(company),
            **lease,
        )
        transitions.begin(session, delivery)
        if place is not None:
            announce(session, place)
        return delivery, True


def _known(session: Session, team_id: int, source: str, external_id: str) -> Delivery | None:
    """The delivery of a booking that came before; None for a new one. Raises BookingErased."""
    named = {"team": team_id, "from_source": source, "external": external_id}
    found = session.execute(_KNOWN, {**named, "external_hash": fingerprint(external_id)}).first()
    if found is None:
        return None
    if found.erased_as is not None:
        raise BookingErased(found.delivery_id, found.erased_as)
    return session.get_one(Delivery, found.delivery_id)


def _answered_email(calendar: Calendar, answers: Mapping[str, object]) -> str:
    """The guest's address where a source names it only among the answers."""
    asked = sorted(calendar.asked(), key=lambda question: question.part is not Part.EMAIL)
    ids = [str(question.id) for question in asked if question.kind is Kind.EMAIL]
    return _guest_email(next((text for each in ids if isinstance(text := answers.get(each), str)), ""))


def _guest_email(text: str) -> str:
    """The guest's address as bookings keep it."""
    return kept_email(text).lower()[:320]


def _line(value: AnswerValue | None, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def new_form_id() -> str:
    """An id for one form shown to one guest."""
    return secrets.token_urlsafe(16)
