"""Overtaken news: whether a mail of an appointment still tells its reader how it stands, when its turn has come.

A mail that could not leave waits for hours, and mails leave in any order. One that tells of a former time behind
the one that tells of the new time would send its reader to the wrong one.
"""

from __future__ import annotations

from sqlalchemy import exists, func, select

from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.store import db
from hubsync.store.bookings import BookingHistory, BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.teams import Membership

MOST_MOVES = 5
"""So many moves of one booking are mailed to its guest: whoever types somebody else's address and moves a booking
to and fro fills no mailbox with it."""


def is_overtaken_for_guest(news: AppointmentNews) -> bool:
    """Whether the guest is mailed of something later than the *news* that the appointment stands."""
    record = _find(news)
    if record is None or record.cancelled_at is not None:
        return True
    return min(_count_changes(record), MOST_MOVES) > news.sequence


def is_overtaken_for_host(news: AppointmentNews, host: Person) -> bool:
    """Whether *host* is mailed of something later than the *news* that the appointment stands."""
    record = _find(news)
    if record is None or record.cancelled_at is not None or record.host_id != host.id:
        return True
    return _count_changes(record) > news.sequence


def has_come_back(news: AppointmentNews, host: Person) -> bool:
    """Whether an appointment that went from *host* to another one is this host's again."""
    record = _find(news)
    return record is not None and record.cancelled_at is None and record.host_id == host.id


def may_read(booking_id: int, host_id: int) -> bool:
    """Whether the host belongs to the team of the booking by now, whose guests are nobody else's business."""
    of_team = (BookingRecord.team_id == Membership.team_id, Membership.person_id == host_id)
    return bool(db.session.scalar(select(exists().where(BookingRecord.id == booking_id, *of_team))))


def find_calendar_owner(booking_id: int) -> Person | None:
    """Who owns the calendar of the booking, and so what a host who has left the team leaves behind."""
    owner = select(Person).join(Calendar, Calendar.owner_id == Person.id)
    return db.session.scalar(owner.join(BookingRecord).where(BookingRecord.id == booking_id))


def _find(news: AppointmentNews) -> BookingRecord | None:
    return db.session.get(BookingRecord, news.booking_id, populate_existing=True)


def _count_changes(record: BookingRecord) -> int:
    changes = select(func.count(BookingHistory.id)).where(BookingHistory.booking_id == record.id)
    return db.session.scalars(changes).one()
