"""Hosts of a calendar: who they are, what blocks them, and when each last got a booking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.busy_calendars import keeps_times_back
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import CalendarHost, FreeTimes
from hubsync.store.people import Person
from hubsync.store.teams import Membership

WIDEST_BUFFER = timedelta(days=1)
"""So far beyond the times that are asked for can a booking or a busy time block them."""


def list_hosts(session: Session, calendar: Calendar) -> list[Person]:
    """Who may take a booking of *calendar*, in a lasting order; its owner where nobody else was chosen.

    Whoever has left the team is none any more.
    """
    chosen = session.scalars(
        select(Person)
        .join(CalendarHost, CalendarHost.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(CalendarHost.calendar_id == calendar.id, Membership.team_id == calendar.team_id)
        .order_by(Person.id)
    ).all()
    return list(chosen) or [calendar.owner]


def set_hosts(session: Session, calendar: Calendar, person_ids: Iterable[int]) -> None:
    """Let these members of the team be the hosts of a *calendar* that is held; the caller commits.

    Raises Refused for none, or one who is no member.
    """
    wanted = set(person_ids)
    of_team = select(Membership.person_id).where(Membership.team_id == calendar.team_id)
    if not wanted or not wanted <= set(session.scalars(of_team)):
        raise Refused(field="hosts")
    session.execute(delete(CalendarHost).where(CalendarHost.calendar_id == calendar.id))
    if wanted != {calendar.owner_id}:  # the host is whoever owns it then, whoever that may be
        session.add_all(CalendarHost(calendar_id=calendar.id, person_id=each) for each in sorted(wanted))


def load_host_times(
    session: Session,
    calendar_id: int,
    host_ids: Sequence[int],
    first: datetime,
    last: datetime,
    *,
    without: int | None = None,
) -> list[HostTimes]:
    """What blocks these hosts from *first* to *last* (aware), in their order.

    Bookings of other calendars and teams are among it, the booking *without* (its id), which is moved, is not.
    """
    first, last = first - WIDEST_BUFFER, last + WIDEST_BUFFER
    booked, busy, unreadable = (
        _booked(session, calendar_id, host_ids, first, last, without),
        *_busy(session, host_ids, first, last),
    )
    return [HostTimes(each, busy[each], booked[each], unreadable.get(each)) for each in host_ids]


def load_last_booked(session: Session, calendar_id: int, host_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these hosts last got a booking of the calendar, cancelled ones among them."""
    rows = session.execute(
        select(BookingRecord.host_id, func.max(BookingRecord.created_at))
        .where(BookingRecord.calendar_id == calendar_id, BookingRecord.host_id.in_(host_ids))
        .group_by(BookingRecord.host_id)
    )
    return {host: moment for host, moment in rows if host is not None}


def _booked(
    session: Session,
    calendar_id: int,
    host_ids: Sequence[int],
    first: datetime,
    last: datetime,
    without: int | None,
) -> dict[int, list[Booked]]:
    rows = session.execute(
        select(
            BookingRecord.id,
            BookingRecord.host_id,
            BookingRecord.calendar_id,
            BookingRecord.starts_at,
            BookingRecord.ends_at,
        ).where(
            BookingRecord.host_id.in_(host_ids),
            BookingRecord.cancelled_at.is_(None),
            BookingRecord.ends_at > first,
            BookingRecord.starts_at < last,
        )
    ).all()
    # Buffers are of the few calendars, not of the many bookings; a row is read faster by place than by name.
    buffers = _buffers(session, {row[2] for row in rows})
    found: dict[int, list[Booked]] = defaultdict(list)
    for booking, host, calendar, starts_at, ends_at in rows:
        if booking != without and host and starts_at and ends_at:  # as the query has it
            found[host].append(Booked(starts_at, ends_at, calendar == calendar_id, *buffers.get(calendar, ())))
    return found


def _buffers(session: Session, calendar_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The minutes before and after the bookings of each calendar, where free times are saved for it."""
    rows = session.execute(
        select(FreeTimes.calendar_id, FreeTimes.buffer_before_minutes, FreeTimes.buffer_after_minutes).where(
            FreeTimes.calendar_id.in_(calendar_ids)
        )
    )
    return {calendar: (before, after) for calendar, before, after in rows}


def _busy(
    session: Session, host_ids: Sequence[int], first: datetime, last: datetime
) -> tuple[dict[int, list[Busy]], dict[int, int]]:
    """The busy times of each host; and who has none free at all, with the calendar that could not be read."""
    found: dict[int, list[Busy]] = defaultdict(list)
    unreadable: dict[int, int] = {}
    rows = session.execute(
        select(
            BusyCalendar.id,
            BusyCalendar.person_id,
            BusyCalendar.when_unreadable,
            BusyCalendar.read_at,
            BusyTimes.times,
        )
        .outerjoin(BusyTimes, BusyTimes.busy_calendar_id == BusyCalendar.id)
        .where(BusyCalendar.person_id.in_(host_ids))
        .order_by(BusyCalendar.id)
    )
    begin, end = first.timestamp(), last.timestamp()
    for row in rows:
        if keeps_times_back(row.when_unreadable, row.read_at, now()):
            unreadable.setdefault(row.person_id, row.id)
        found[row.person_id] += [
            Busy(datetime.fromtimestamp(starts, UTC), datetime.fromtimestamp(ends, UTC), row.id)
            for starts, ends in row.times or ()
            if ends > begin and starts < end
        ]
    return found, unreadable
