"""Appointments made on booking pages: what their guests may read of them again, and may still change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hubsync.domain.booking import PAGE, BookingEvent
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.guest_changes import ChangeRefusal, GuestRights
from hubsync.domain.public_teams import PublicTeam
from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.services.availability.rules import find_free_times, rules_of
from hubsync.services.bookings.booking_page import public_name
from hubsync.services.teams.public_details import show_team
from hubsync.store import db
from hubsync.store.bookings import BookingHistory, BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person

READABLE_AFTERWARDS = timedelta(days=30)
"""So long after an appointment its addresses, which lie about in mails and histories, tell of it."""


@dataclass(frozen=True)
class Appointment:
    """What a guest may read of a booking again; the times are aware, in the zone that the guest chose.

    *moved_from* is the time before the last move. It can be changed until *changeable_until*; *move_refusal* and
    *cancel_refusal* say why it cannot be. *takes_bookings* is whether the page that it was made on does so now.
    *is_held* says that somebody is to look at the booking before it is confirmed. *language* is the one
    in which it was made (BCP 47), empty where it is not known.
    """

    booking_id: int
    title: str
    host: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    moved_from: datetime | None
    is_cancelled: bool
    move_refusal: ChangeRefusal | None
    cancel_refusal: ChangeRefusal | None
    changeable_until: datetime
    takes_bookings: bool
    team: PublicTeam
    is_held: bool
    language: str


def find_appointment(slug: str, booking_id: int) -> Appointment:
    """The appointment of a booking made on the page *slug*, whether or not that is open. Raises NotFound."""
    session = db.session()
    booking = session.scalar(select_booking(slug, booking_id))
    if booking is None or booking.starts_at is None or booking.ends_at is None:
        raise NotFound("no such booking")
    zone = ZoneInfo(booking.guest_time_zone or booking.calendar.time_zone)
    rights = rights_of(session, booking, booking.starts_at)
    moved_from = _moved_from(session, booking)
    return Appointment(
        booking_id=booking.id,
        title=booking.calendar.name,
        host=name_host(session, booking),
        starts_at=booking.starts_at.astimezone(zone),
        ends_at=booking.ends_at.astimezone(zone),
        time_zone=zone.key,
        moved_from=moved_from.astimezone(zone) if moved_from is not None else None,
        is_cancelled=rights.is_cancelled,
        move_refusal=rights.refusal(BookingEvent.MOVED, now()),
        cancel_refusal=rights.refusal(BookingEvent.CANCELLED, now()),
        changeable_until=rights.until.astimezone(zone),
        takes_bookings=not rights.is_page_archived and not rights.is_page_paused,
        team=show_team(booking.calendar.team),
        is_held=is_held(session, booking),
        language=booking.locale,
    )


def select_booking(slug: str, booking_id: int) -> Select[BookingRecord]:
    """The booking of this id, if it was made on the page *slug* and its guest may still read it."""
    return (
        select(BookingRecord)
        .join(Calendar, BookingRecord.calendar_id == Calendar.id)
        .where(
            BookingRecord.id == booking_id,
            BookingRecord.source == PAGE,
            Calendar.slug == slug,
            Calendar.source == PAGE,
            BookingRecord.ends_at > now() - READABLE_AFTERWARDS,
        )
    )


def rights_of(session: Session, booking: BookingRecord, starts_at: datetime) -> GuestRights:
    """What its guest may do with a *booking* that begins at *starts_at*, as its calendar is set up now."""
    row = find_free_times(session, booking.calendar_id)
    return GuestRights(
        starts_at=starts_at,
        notice_minutes=rules_of(booking.calendar, row).notice_minutes,
        is_cancelled=booking.cancelled_at is not None,
        is_page_archived=booking.calendar.archived_at is not None,
        is_page_paused=row is not None and row.paused_at is not None,
    )


def count_to_come_with(team_id: int, person_id: int) -> int:
    """How many appointments of the team are still to come with this host."""
    to_come = select(func.count(BookingRecord.id)).where(
        BookingRecord.team_id == team_id,
        BookingRecord.host_id == person_id,
        BookingRecord.starts_at > now(),
        BookingRecord.cancelled_at.is_(None),
    )
    return db.session.scalars(to_come).one()


def is_held(session: Session, booking: BookingRecord) -> bool:
    """Whether a *booking* is held for a look, or was dismissed from there: nobody is mailed of it."""
    state = session.scalar(select(Delivery.state).where(Delivery.booking_id == booking.id))
    return state == DeliveryState.HELD


def _moved_from(session: Session, booking: BookingRecord) -> datetime | None:
    moves = select(BookingHistory.started_before).where(
        BookingHistory.booking_id == booking.id, BookingHistory.event == BookingEvent.MOVED
    )
    return session.scalars(moves.order_by(BookingHistory.id.desc()).limit(1)).first()


def name_host(session: Session, booking: BookingRecord) -> str:
    """What guests call the host of a *booking*."""
    person = session.get(Person, booking.host_id) if booking.host_id is not None else None
    return public_name(person, booking.calendar)
