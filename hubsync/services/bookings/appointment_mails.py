"""Mails of appointments made on booking pages: put into the outbox by the unit that changes the booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.booking import PAGE
from hubsync.domain.mails import MailKind, MailState
from hubsync.domain.masking import mask_email
from hubsync.services import now
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.outbox import OutboxMail

TO_GUESTS = (MailKind.GUEST_CONFIRMATION, MailKind.GUEST_MOVED, MailKind.GUEST_CANCELLED)
MOST_A_DAY = 10
"""So many bookings of one address are confirmed by mail within a day: whoever types somebody else's address, over
and over, fills no mailbox with it."""


@dataclass(frozen=True)
class GuestMail:
    """What has become of a mail that tells how a booking stands; *to* is its address, masked."""

    state: MailState
    to: str


def put_confirmations(session: Session, record: BookingRecord, host: str) -> None:
    """Let the guest and the host of a new booking be mailed; *host* is what guests call the host.

    In the unit that writes the booking down, which is sent to the database here. Where no mail is set up nothing
    is put: nobody wants to be mailed all of it when that is done some day.
    """
    if not settings().mail_set_up:
        return
    session.add(record)
    session.flush()
    news = AppointmentNews.of(session, record, host)
    kinds = [MailKind.HOST_CONFIRMATION] if record.host_id is not None else []
    if record.guest_email and _bookings_of_today(session, record.guest_email) <= MOST_A_DAY:
        kinds.append(MailKind.GUEST_CONFIRMATION)
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


def find_guest_mail(booking_id: int) -> GuestMail | None:
    """The last mail that tells a guest how the booking stands; None where there is none, or it is long ago."""
    mails = select(OutboxMail).where(OutboxMail.booking_id == booking_id, OutboxMail.kind.in_(TO_GUESTS))
    row = db.session.scalars(mails.order_by(OutboxMail.id.desc()).limit(1)).first()
    booking = db.session.get(BookingRecord, booking_id)
    if row is None or booking is None:
        return None
    return GuestMail(row.state, mask_email(booking.guest_email))


def _bookings_of_today(session: Session, email: str) -> int:
    """How many bookings of pages name this address within a day, the new one among them."""
    since = now() - timedelta(days=1)
    found = select(func.count(BookingRecord.id)).where(
        BookingRecord.guest_email == email, BookingRecord.source == PAGE, BookingRecord.created_at > since
    )
    return session.scalars(found).one()
