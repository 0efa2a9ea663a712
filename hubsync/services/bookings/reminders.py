"""Reminders: one mail to the guest of an appointment, as long before it as its calendar says.

It is put into the outbox by the unit that gives the booking its time, to leave when it is due, and again by each
one that changes the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.mails import MailKind
from hubsync.domain.reminders import reminder_time
from hubsync.services import now
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.confirmation_mails import write_guest_reminder
from hubsync.services.outbox.outbox import MailToPut, put, withdraw
from hubsync.services.outbox.sender import WrittenMail
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person


def put_reminder(session: Session, record: BookingRecord, news: AppointmentNews) -> None:
    """Let the guest be reminded of *record*, if its calendar reminds guests and more time is left than that."""
    due = reminder_time(news.starts_at, record.calendar.reminder_minutes, now())
    if due is None:
        return
    mail = MailToPut(
        kind=MailKind.GUEST_REMINDER,
        key=f"{MailKind.GUEST_REMINDER}:{record.team_id}:{record.external_id}:{news.sequence}",
        content=news.stored(),
        team_id=record.team_id,
        booking=record,
        not_before=due,
        not_after=news.starts_at,
    )
    put(session, mail)


def withdraw_reminder(session: Session, record: BookingRecord) -> None:
    """Let nobody be reminded of the time that *record* has now."""
    withdraw(session, record, (MailKind.GUEST_REMINDER,))


def find_reminder(booking_id: int) -> datetime | None:
    """When the guest of a booking is going to be reminded; None where nobody is."""
    booking = db.session.get(BookingRecord, booking_id)
    if booking is None or not booking.calendar.reminder_minutes:
        return None
    of_booking = (OutboxMail.booking_id == booking_id, OutboxMail.kind == MailKind.GUEST_REMINDER)
    return db.session.scalar(select(OutboxMail.not_before).where(*of_booking, OutboxMail.settled_at.is_(None)))


def write_reminder(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The reminder; None where the appointment is none any more, or its calendar reminds nobody by now."""
    news = AppointmentNews.read(dict(content))
    record = db.session.get(BookingRecord, news.booking_id, populate_existing=True)
    stands = record is not None and record.cancelled_at is None and record.starts_at == news.starts_at
    if record is None or not stands or not record.calendar.reminder_minutes:
        return None
    return write_guest_reminder(news)
