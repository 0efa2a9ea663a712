"""Mails of appointments made on booking pages: put into the outbox by the unit that changes the booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.booking import PAGE
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.mails import MailKind, MailState
from hubsync.domain.masking import mask_email
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.reminders import put_reminder
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.store import db
from hubsync.store.bookings import BookingHistory, BookingRecord
from hubsync.store.new_rows import insert_row
from hubsync.store.outbox import OutboxMail

TO_GUESTS = (MailKind.GUEST_CONFIRMATION, MailKind.GUEST_MOVED, MailKind.GUEST_CANCELLED)
MOST_A_DAY = 10
"""Of so many bookings of one address within a day is its guest mailed: whoever types somebody else's address, over
and over, and moves and cancels what was booked, fills no mailbox with it."""


@dataclass(frozen=True)
class GuestMail:
    """What has become of a mail that tells how a booking stands; *to* is its address, masked. *is_behind*: the
    booking was changed since, and nobody is mailed of that: so many changes are not mailed."""

    state: MailState
    to: str
    is_behind: bool = False


def put_confirmations(session: Session, record: BookingRecord, host: str) -> None:
    """Let guest and host of a new booking be mailed, now and before it; *host* is what guests call the host.

    In the unit that writes the booking down, which is sent to the database here. Where no mail is set up nothing
    is put: nobody wants to be mailed all of it when that is done some day.
    """
    if not settings().mail_set_up:
        return
    if record.id is None:
        insert_row(session, record)
    session.flush()
    news = AppointmentNews.of(session, record, host)
    kinds = [MailKind.HOST_CONFIRMATION] if record.host_id is not None else []
    if is_mailed_to_guest(session, record):
        kinds.append(MailKind.GUEST_CONFIRMATION)
        put_reminder(session, record, news)
    for kind in kinds:
        mail = MailToPut(
            kind=kind,
            key=f"{kind}:{record.team_id}:{record.external_id}",
            content=news.stored(),
            team_id=record.team_id,
            person_id=record.host_id if kind is MailKind.HOST_CONFIRMATION else None,
            booking=record,
            not_after=record.starts_at,
        )
        put(session, mail)


def is_mailed_to_guest(session: Session, record: BookingRecord) -> bool:
    """Whether the guest of *record*, which is in the database, is mailed of it: now, and of each later change.

    Of the bookings that name one address within a day those are that were made first.
    """
    if not record.guest_email:
        return False
    before = select(func.count(BookingRecord.id)).where(
        BookingRecord.guest_email == record.guest_email,
        BookingRecord.source == PAGE,
        BookingRecord.created_at > record.created_at - timedelta(days=1),
        BookingRecord.created_at <= record.created_at + SKEW,  # the others: before a clock was set back
        BookingRecord.id < record.id,
    )
    return session.scalars(before).one() < MOST_A_DAY


def find_guest_mail(booking_id: int) -> GuestMail | None:
    """The last mail that tells a guest how the booking stands; None where there is none, or it is long ago."""
    mails = select(OutboxMail).where(OutboxMail.booking_id == booking_id, OutboxMail.kind.in_(TO_GUESTS))
    row = db.session.scalars(mails.order_by(OutboxMail.id.desc()).limit(1)).first()
    booking = db.session.get(BookingRecord, booking_id)
    if row is None or booking is None:
        return None
    changes = select(BookingHistory.at).where(BookingHistory.booking_id == booking_id)
    changed = db.session.scalars(changes.order_by(BookingHistory.id.desc()).limit(1)).first()
    return GuestMail(row.state, mask_email(booking.guest_email), changed is not None and row.created_at < changed)
