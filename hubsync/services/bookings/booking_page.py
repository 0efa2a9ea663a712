"""What guests see of a calendar, and what they leave there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from hubsync.domain.questions import AnswerValue, Question
from hubsync.errors import BookingErased, BookingNotKept, BookingPageClosed, NotFound
from hubsync.services.bookings.completion import complete_page_booking, stored_answers
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar

SOURCE = "page"
"""The source of calendars that have a booking page; others are booked where they come from."""


@dataclass(frozen=True)
class BookingPage:
    """A calendar as guests see it: plain values, which stay readable when the database does not."""

    calendar_id: int
    slug: str
    title: str
    host: str
    duration_minutes: int
    time_zone: str
    questions: tuple[Question, ...]
    read: Calendar = field(repr=False, compare=False)
    """What the values were read from: while it is at hand, the session need not read it again."""


@dataclass(frozen=True)
class KeptBooking:
    """A booking that is written down. *as_sent* is False when the form had been completed before with other
    answers or another time, which are the ones that count."""

    id: int
    as_sent: bool


@dataclass(frozen=True)
class Appointment:
    """What a guest may read of a booking again; the times are aware, in the zone that the guest chose."""

    title: str
    host: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str


def find_booking_page(slug: str) -> BookingPage:
    """The booking page of the calendar *slug*. Raises NotFound when there is none, BookingPageClosed for now."""
    calendar = db.session.scalar(select(Calendar).where(Calendar.slug == slug, Calendar.source == SOURCE))
    if calendar is None:
        raise NotFound("no such booking page")
    if calendar.archived_at is not None:
        raise BookingPageClosed("this calendar takes no bookings")
    return show_booking_page(calendar)


def show_booking_page(calendar: Calendar) -> BookingPage:
    """*calendar* as guests see it."""
    return BookingPage(
        calendar_id=calendar.id,
        slug=calendar.slug,
        title=calendar.name,
        host=_host(calendar),
        duration_minutes=calendar.duration_minutes,
        time_zone=calendar.time_zone,
        questions=calendar.asked(),
        read=calendar,
    )


def keep_booking(
    page: BookingPage,
    answers: Mapping[int, AnswerValue],
    starts_at: datetime,
    time_zone: str,
    form_id: str,
    url_params: Mapping[str, str],
) -> KeptBooking:
    """Complete a booking on *page*; the same *form_id* again returns the booking that was kept first.

    Returns only when the booking is in the database, whatever became of its delivery. Raises BookingNotKept
    when the database would not take it now (locked, full, gone), NotFound when the calendar was deleted
    meanwhile.
    """
    try:
        calendar = db.session.get(Calendar, page.calendar_id)
        if calendar is None:
            raise NotFound("no such booking page")
        if calendar.archived_at is not None:
            raise BookingPageClosed("this calendar takes no bookings")
        delivery = complete_page_booking(calendar, answers, starts_at, time_zone, form_id, url_params)
        kept = delivery.booking
        as_sent = kept.starts_at == starts_at and kept.answers == stored_answers(answers)
        return KeptBooking(kept.id, as_sent)
    except BookingErased:
        raise NotFound("this booking was erased") from None
    except (OperationalError, InterfaceError) as fault:
        # The statement and its values are a guest's: neither may travel on with the error.
        raise BookingNotKept(type(fault.orig).__name__) from None


def find_appointment(slug: str, booking_id: int) -> Appointment:
    """The appointment of a booking made on the page *slug*. Raises NotFound."""
    booking = db.session.scalar(
        select(BookingRecord)
        .join(Calendar, BookingRecord.calendar_id == Calendar.id)
        .where(BookingRecord.id == booking_id, Calendar.slug == slug, Calendar.source == SOURCE)
    )
    if booking is None:
        raise NotFound("no such booking")
    zone = ZoneInfo(booking.guest_time_zone)
    return Appointment(
        title=booking.calendar.name,
        host=_host(booking.calendar),
        starts_at=booking.starts_at.astimezone(zone),
        ends_at=booking.ends_at.astimezone(zone),
        time_zone=booking.guest_time_zone,
    )


def _host(calendar: Calendar) -> str:
    # Not the owner's address, which is nobody's business on a public page.
    return calendar.owner.name or calendar.team.name
