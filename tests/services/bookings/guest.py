"""A guest of a booking page who changes what was booked, and what is kept of it then."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import NamedTuple

from hubsync.domain.booking import BookingEvent
from hubsync.services.bookings.guest_changes import cancel, move
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingHistory, BookingRecord
from tests.kit.free_times import PageTeam


class Line(NamedTuple):
    """A line of a booking's history."""

    event: BookingEvent
    before: datetime | None
    after: datetime | None
    reason: str


def slug_of(team: PageTeam) -> str:
    """The address of the team's booking page."""
    slug = team.calendar().slug
    end_read()
    return slug


def moves(
    team: PageTeam, booking: BookingRecord, to: datetime, *, seen: datetime | None = None, reason: str = ""
) -> partial[None]:
    """The press that moves *booking*, by a guest who *seen* its time, or knows the one that it has now."""
    seen = seen or read_again(booking).starts_at
    return partial(move, slug_of(team), booking.id, to, seen=seen, reason=reason)


def cancels(team: PageTeam, booking: BookingRecord, reason: str = "") -> partial[None]:
    """The press that cancels *booking*."""
    return partial(cancel, slug_of(team), booking.id, reason)


def read_again(booking: BookingRecord) -> BookingRecord:
    """The booking as it is kept now."""
    found = db.session.get_one(BookingRecord, booking.id, populate_existing=True)
    end_read()
    return found


def read_lines(booking: BookingRecord) -> list[Line]:
    """What happened to it, in its order."""
    rows = db.session.query(BookingHistory).filter_by(booking_id=booking.id).order_by(BookingHistory.id).all()
    end_read()
    return [Line(each.event, each.started_before, each.starts_after, each.reason) for each in rows]
