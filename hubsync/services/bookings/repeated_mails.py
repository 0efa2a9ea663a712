"""Mails of appointments that somebody has sent again, because they did not leave or may not have arrived.

What they were made of is not kept. So the new one tells how the appointment stands now: its guest and its host
that it stands or is cancelled, a host whom it left by a move that it does not come.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from hubsync.domain.booking import BookingEvent
from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.appointments import name_host
from hubsync.services.bookings.overtaken_news import may_read
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.unsent import first_of, repeat_key
from hubsync.store.bookings import BookingHistory, BookingRecord
from hubsync.store.outbox import OutboxMail

TO_GUEST = (MailKind.GUEST_CONFIRMATION, MailKind.GUEST_MOVED, MailKind.GUEST_CANCELLED, MailKind.GUEST_REMINDER)
TO_HOST = (MailKind.HOST_CONFIRMATION, MailKind.HOST_MOVED, MailKind.HOST_CANCELLED)


def can_be_repeated(mail: OutboxMail) -> bool:
    """Whether *mail* tells its reader of an appointment that is still to come, and is theirs or was."""
    booking = mail.booking
    if mail.settled_at is None or booking is None:
        return False
    if mail.kind in TO_HOST:
        has_left = mail.person_id != booking.host_id  # to another host, while the owner reads for one who left
        if mail.person_id is None or (has_left and not may_read(booking.id, mail.person_id)):
            return False
    elif mail.kind not in TO_GUEST or not booking.guest_email:
        return False
    told = _time_for(mail, booking)
    return told is not None and told > now()


def put_repeated(session: Session, mail: OutboxMail) -> bool:
    """Put what *mail* would tell now, within the caller's transaction; False where that was done before."""
    record = mail.booking
    starts_at = _time_for(mail, record) if record is not None else None
    if record is None or starts_at is None:
        return False
    stands = AppointmentNews.of(session, record, name_host(session, record))
    news = replace(stands, starts_at=starts_at, ends_at=starts_at + (stands.ends_at - stands.starts_at))
    to_host, is_cancelled = mail.kind in TO_HOST, record.cancelled_at is not None
    has_left = to_host and mail.person_id != record.host_id
    content: dict[str, Any] = {"news": news.stored()}
    if has_left or is_cancelled:
        kind = MailKind.HOST_CANCELLED if to_host else MailKind.GUEST_CANCELLED
        told = {"reason": "", "goes_to": "" if is_cancelled else news.host}
        content |= told if to_host else {}
    else:
        confirmation = MailKind.HOST_CONFIRMATION if to_host else MailKind.GUEST_CONFIRMATION
        kind = MailKind.GUEST_REMINDER if mail.kind is MailKind.GUEST_REMINDER else confirmation
        content = news.stored()
    again = MailToPut(
        kind,
        repeat_key(mail.id),
        content,
        team_id=record.team_id,
        person_id=mail.person_id if to_host else None,
        booking=record,
        not_after=news.starts_at,
    )
    return put(session, again)


def _time_for(mail: OutboxMail, booking: BookingRecord) -> datetime | None:
    """The time that the reader of *mail* is to know: for a host whom the appointment left, that of then."""
    if mail.kind not in TO_HOST or mail.person_id == booking.host_id:
        return booking.starts_at
    session = object_session(mail)
    if session is None or mail.kind is not MailKind.HOST_CANCELLED:
        return None
    moves = select(BookingHistory.started_before).where(
        BookingHistory.booking_id == booking.id,
        BookingHistory.event == BookingEvent.MOVED,
        BookingHistory.at <= first_of(session, mail).created_at,  # the mail was put by the move itself
    )
    return session.scalars(moves.order_by(BookingHistory.id.desc()).limit(1)).first()
