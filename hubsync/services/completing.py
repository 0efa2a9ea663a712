"""Complete a booking: write it down with its delivery, then make the first attempt before anybody waits longer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking
from hubsync.domain.questions import AnswerValue, Part
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.carrying import carry
from hubsync.services.delivering import new_lease, read_delivery
from hubsync.services.receiving import calendar_for, resolve_answers
from hubsync.store import in_a_race, writing
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery


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
    """
    parts = {question.part: answers.get(question.id) for question in calendar.asked() if question.part}
    booking = BookingRecord(
        team_id=calendar.team_id,
        calendar_id=calendar.id,
        source="page",
        external_id=form_id,
        guest_name=_line(parts.get(Part.NAME), 500),
        guest_email=_line(parts.get(Part.EMAIL), 320).lower(),
        guest_time_zone=time_zone[:64],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=calendar.duration_minutes),
        host=calendar.owner.name or calendar.owner.email,
        answers=stored_answers(answers),
        url_params=dict(url_params),
        created_at=now(),
    )
    return _complete(booking, None)


def complete_source_booking(team_id: int, booking: Booking) -> Delivery:
    """Complete a booking that a source of the team handed over; return its delivery.

    The same booking again returns the first delivery. A calendar or question that is not known yet is made
    from what the source sent.
    """
    record = BookingRecord(
        team_id=team_id,
        source=booking.source,
        external_id=booking.external_id,
        guest_name=booking.guest.name[:500],
        guest_email=booking.guest.email[:320].lower(),
        guest_time_zone=booking.guest.timezone[:64],
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        host=booking.host[:320],
        url_params=dict(booking.url_params),
        created_at=now(),
    )
    return _complete(record, booking)


def stored_answers(answers: Mapping[int, AnswerValue]) -> dict[str, object]:
    """Answers as the bookings table keeps them."""
    return {str(key): list(value) if isinstance(value, tuple) else value for key, value in answers.items()}


def _complete(record: BookingRecord, received: Booking | None) -> Delivery:
    """Commit booking and delivery before the first call to HubSpot, then make the first attempt."""
    budget = tools().sync_budget_seconds
    lease = new_lease() if budget > 0 else {"state": "pending"}
    delivery, is_new = in_a_race(lambda: _write_down(record, received, lease))
    if not is_new:
        return delivery
    if budget > 0:
        carry(delivery.id, str(lease["lease_owner"]), Deadline.after(budget))
    return read_delivery(delivery.id)


def _write_down(
    record: BookingRecord, received: Booking | None, lease: Mapping[str, Any]
) -> tuple[Delivery, bool]:
    """The booking's delivery, and whether it is new. Repeated when another booking came at the same instant."""
    with writing() as session:
        known = _known(session, record.team_id, record.source, record.external_id)
        if known is not None:
            return known, False
        if received is not None:
            calendar = calendar_for(session, record.team_id, received)
            record.calendar_id = calendar.id
            record.answers = stored_answers(resolve_answers(session, calendar, received))
        session.add(record)
        session.flush()
        delivery = Delivery(
            team_id=record.team_id,
            calendar_id=record.calendar_id,
            booking_id=record.id,
            created_at=record.created_at,
            **lease,
        )
        session.add(delivery)
        return delivery, True


def _known(session: Session, team_id: int, source: str, external_id: str) -> Delivery | None:
    return session.scalar(
        select(Delivery)
        .join(BookingRecord)
        .where(
            BookingRecord.team_id == team_id,
            BookingRecord.source == source,
            BookingRecord.external_id == external_id,
        )
    )


def _line(value: AnswerValue | None, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def new_form_id() -> str:
    """An id for one form shown to one guest."""
    return secrets.token_urlsafe(16)
