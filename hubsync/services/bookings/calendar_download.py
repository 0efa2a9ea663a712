"""Calendar file of an appointment for whoever has the address of its page, beside the one that is mailed.

It has the UID of the mailed one, so that a calendar that gets both has one appointment, which later mails change.
"""

from __future__ import annotations

from hubsync.errors import NotFound
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.appointments import is_held, name_host, select_booking
from hubsync.services.bookings.confirmation_mails import write_guest_file
from hubsync.store import db


def make_file(slug: str, booking_id: int) -> str:
    """The file of a booking made on the page *slug*, as it stands now.

    Raises NotFound for one that is cancelled, has no time, or is held for a look: nobody has confirmed that.
    """
    session = db.session()
    booking = session.scalar(select_booking(slug, booking_id))
    if booking is None or booking.cancelled_at is not None or booking.starts_at is None or booking.ends_at is None:
        raise NotFound("no such appointment")
    if is_held(session, booking):
        raise NotFound("nobody has confirmed it")
    return write_guest_file(AppointmentNews.of(session, booking, name_host(session, booking))).text
