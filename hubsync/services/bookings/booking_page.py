"""The booking page: what guests see of a calendar, and the booking that they leave there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hubsync.domain.booking import PAGE, Booking, Guest
from hubsync.domain.questions import Part, Question
from hubsync.domain.values import AnswerValue
from hubsync.errors import BookingErased, NotFound
from hubsync.services.bookings.completion import complete, stored_answers, translate_faults
from hubsync.services.calendars.source_calendars import require_open
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar


@dataclass(frozen=True)
class BookingPage:
    """A calendar as guests see it: plain values, which stay readable when the database does not."""

    team_id: int
    calendar_id: int
    external_id: str
    slug: str
    title: str
    host: str
    """Whom guests are told that they meet."""
    owner: str
    """Whom the team's records name as host."""
    duration_minutes: int
    time_zone: str
    questions: tuple[Question, ...]

    def make_booking(
        self,
        answers: Mapping[int, AnswerValue],
        starts_at: datetime,
        time_zone: str,
        form_id: str,
        url_params: Mapping[str, str],
    ) -> Booking:
        """What a guest filled in, as every source hands its bookings over.

        *answers* are checked answers by question id, *starts_at* is aware. *form_id* makes a form that is sent
        twice the same booking.
        """
        parts = {each.part: answers.get(each.id) for each in self.questions if each.part}
        return Booking(
            source=PAGE,
            external_id=form_id,
            calendar_external_id=self.external_id,
            calendar_name=self.title,
            guest=Guest(
                _text(parts.get(Part.NAME)),
                _text(parts.get(Part.EMAIL)),
                _text(parts.get(Part.COMPANY)),
                time_zone,
            ),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.duration_minutes),
            by_question=answers,
            url_params=url_params,
            host=self.owner,
        )


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
    calendar = db.session.scalar(select(Calendar).where(Calendar.slug == slug, Calendar.source == PAGE))
    return show_booking_page(require_open(calendar))


def show_booking_page(calendar: Calendar) -> BookingPage:
    """*calendar* as guests see it."""
    return BookingPage(
        team_id=calendar.team_id,
        calendar_id=calendar.id,
        external_id=calendar.external_id,
        slug=calendar.slug,
        title=calendar.name,
        host=_host(calendar),
        owner=calendar.owner.shown,
        duration_minutes=calendar.duration_minutes,
        time_zone=calendar.time_zone,
        questions=calendar.asked(),
    )


def keep_booking(page: BookingPage, booking: Booking) -> KeptBooking:
    """Complete a booking made on *page*; the same form again returns the booking that was kept first.

    Returns only when the booking is in the database, whatever became of its delivery. Raises BookingNotKept
    when the database would not take it now (locked, full, gone), NotFound when the calendar was deleted
    meanwhile, BookingPageClosed when it was archived.
    """
    try:
        with translate_faults():  # what is read of the kept booking may fail as well
            kept = complete(page.team_id, booking).booking
            same_answers = kept.answers == stored_answers(booking.by_question or {})
            return KeptBooking(kept.id, as_sent=same_answers and kept.starts_at == booking.starts_at)
    except BookingErased:
        raise NotFound("this booking was erased") from None


def find_appointment(slug: str, booking_id: int) -> Appointment:
    """The appointment of a booking made on the page *slug*. Raises NotFound."""
    booking = db.session.scalar(
        select(BookingRecord)
        .join(Calendar, BookingRecord.calendar_id == Calendar.id)
        .where(BookingRecord.id == booking_id, Calendar.slug == slug, Calendar.source == PAGE)
    )
    if booking is None or booking.starts_at is None or booking.ends_at is None:
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


def _text(answer: AnswerValue) -> str:
    return answer if isinstance(answer, str) else ""


def new_form_id() -> str:
    """An id for one form shown to one guest."""
    return secrets.token_urlsafe(16)
