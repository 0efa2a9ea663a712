"""Feed of one's own bookings: a secret address at which a person's calendar program reads them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select

from hubsync.config import settings
from hubsync.domain.booking import PAGE
from hubsync.domain.calendar_uids import calendar_uid
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import NotFound, SecretUnreadable
from hubsync.feeds.calendar_writer import CalendarEntry, write_calendar
from hubsync.services import now, tools
from hubsync.services.security_log import write_after_commit
from hubsync.store import db, end_read, write_transaction
from hubsync.store.booking_feeds import BookingFeed
from hubsync.store.bookings import BookingHistory, BookingRecord
from hubsync.store.calendar_visibility import may_see
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from hubsync.store.sealed_text import Sealed
from hubsync.store.teams import Membership, Team

PAST = timedelta(days=30)
"""Appointments that ended longer ago are left out."""
MOST = 2_000
NAME = "HubSync"


def find_made_at(person_id: int) -> datetime | None:
    """When the address of the person's feed was made; None while the feed is off."""
    return db.session.scalar(select(BookingFeed.made_at).where(BookingFeed.person_id == person_id))


def make_address(person_id: int) -> Sealed:
    """Make the feed's address; one that was there stops. It is known here alone, sealed for `open_address`."""
    token = secrets.token_urlsafe(32)
    with write_transaction() as session:
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update())  # two presses at once
        session.execute(delete(BookingFeed).where(BookingFeed.person_id == person_id))
        session.add(BookingFeed(person_id=person_id, token_hash=fingerprint(token), made_at=now()))
        write_after_commit(session, SecurityEvent.SECRET_CHANGED, person=person_id, what="booking_feed_made")
    return tools().vault.seal(_place(person_id), token)


def open_address(person_id: int, sealed: Sealed) -> str:
    """The address as it was made; empty when it is not the one of the person's feed any more."""
    try:
        token = tools().vault.open(_place(person_id), sealed)
    except SecretUnreadable:
        return ""
    kept = db.session.scalar(select(BookingFeed.token_hash).where(BookingFeed.person_id == person_id))
    return f"{settings().base_url}/feeds/{token}.ics" if kept == fingerprint(token) else ""


def switch_off(person_id: int) -> None:
    """End the feed: its address is unknown from now on."""
    with write_transaction() as session:
        session.execute(delete(BookingFeed).where(BookingFeed.person_id == person_id))
        write_after_commit(session, SecurityEvent.SECRET_CHANGED, person=person_id, what="booking_feed_ended")


def read_feed(token: str) -> bytes:
    """The calendar behind the address with this *token*: what its person is the host of, in the person's teams.

    Upcoming appointments of booking pages and those of the last 30 days, but for cancelled ones and those that are
    held for a look; of the guest the name alone. Raises NotFound for an address that is none any more.
    """
    person_id = db.session.scalar(
        select(BookingFeed.person_id).where(BookingFeed.token_hash == fingerprint(token))
    )
    if person_id is None:
        raise NotFound("no such feed")
    entries = list(_list_entries(person_id))
    end_read()
    return write_calendar(NAME, entries)


def _list_entries(person_id: int) -> Iterator[CalendarEntry]:
    # Counted as in the mails of an appointment: both tell calendars of the same event.
    of_the_booking = BookingHistory.booking_id == BookingRecord.id
    changes = select(func.count(BookingHistory.id)).where(of_the_booking).scalar_subquery()
    last_change = select(func.max(BookingHistory.at)).where(of_the_booking).scalar_subquery()
    # Whoever left a team is still written down as the host of what was, and reads nothing of it any more.
    query = (
        select(BookingRecord, Team.slug, Delivery.id, changes, last_change, Membership)
        .join(Calendar, Calendar.id == BookingRecord.calendar_id)
        .join(Team, Team.id == BookingRecord.team_id)
        .join(Membership, and_(Membership.team_id == Team.id, Membership.person_id == BookingRecord.host_id))
        .outerjoin(Delivery, Delivery.booking_id == BookingRecord.id)
        .where(
            BookingRecord.host_id == person_id,
            BookingRecord.source == PAGE,
            BookingRecord.cancelled_at.is_(None),
            BookingRecord.ends_at >= now() - PAST,
            or_(Delivery.id.is_(None), Delivery.state != DeliveryState.HELD),
        )
        .order_by(BookingRecord.starts_at, BookingRecord.id)
        .limit(MOST)
    )
    for booking, team_slug, delivery_id, number, changed_at, membership in db.session.execute(query):
        calendar = booking.calendar.name
        # A host of a colleague's calendar sees no delivery of it: a link there would lead to a refusal.
        leads_there = delivery_id and may_see(membership, booking.calendar)
        guest = booking.guest_name.strip()
        yield CalendarEntry(
            uid=calendar_uid(booking.team_id, booking.source, booking.external_id),
            sequence=number,
            changed_at=max(booking.created_at, changed_at or booking.created_at),
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            summary=f"{calendar}: {guest}" if guest else calendar,
            url=f"{settings().base_url}/teams/{team_slug}/deliveries/{delivery_id}" if leads_there else "",
        )


def _place(person_id: int) -> str:
    return f"booking-feed:{person_id}"
