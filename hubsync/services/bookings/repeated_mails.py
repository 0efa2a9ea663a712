"""Mails of appointments that somebody has sent again, because they did not leave or may not have arrived.

What they were made of is not kept. So the new one tells how the appointment stands now.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.booking_page import public_name
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.unsent import repeat_key
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person

TO_GUEST = (MailKind.GUEST_CONFIRMATION, MailKind.GUEST_MOVED, MailKind.GUEST_CANCELLED, MailKind.GUEST_REMINDER)
TO_HOST = (MailKind.HOST_CONFIRMATION, MailKind.HOST_MOVED, MailKind.HOST_CANCELLED)


def can_be_repeated(mail: OutboxMail) -> bool:
    """Whether *mail* tells its reader of an appointment that is still to come, and is theirs."""
    booking = mail.booking
    if mail.settled_at is None or booking is None or booking.starts_at is None or booking.starts_at <= now():
        return False
    if mail.kind in TO_HOST:
        return mail.person_id is not None and mail.person_id == booking.host_id
    return mail.kind in TO_GUEST and bool(booking.guest_email)


def put_repeated(session: Session, mail: OutboxMail) -> bool:
    """Put what *mail* would tell now, within the caller's transaction; False where that was done before."""
    record = mail.booking
    if record is None:
        return False
    host = session.get(Person, record.host_id) if record.host_id is not None else None
    news = AppointmentNews.of(session, record, public_name(host, record.calendar))
    to_host, is_cancelled = mail.kind in TO_HOST, record.cancelled_at is not None
    if is_cancelled:
        kind = MailKind.HOST_CANCELLED if to_host else MailKind.GUEST_CANCELLED
        content = {"news": news.stored()} | ({"reason": ""} if to_host else {})
    else:
        confirmation = MailKind.HOST_CONFIRMATION if to_host else MailKind.GUEST_CONFIRMATION
        kind = MailKind.GUEST_REMINDER if mail.kind is MailKind.GUEST_REMINDER else confirmation
        content = news.stored()
    again = MailToPut(
        kind,
        repeat_key(mail.id),
        content,
        team_id=record.team_id,
        person_id=record.host_id if to_host else None,
        booking=record,
        not_after=news.starts_at,
    )
    return put(session, again)
