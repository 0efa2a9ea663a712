"""Hosts of a calendar: who they are, what blocks them, and when each last got a booking."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, delete, func, select
from sqlalchemy.orm import Session

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.busy_calendars import keeps_times_back
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.calendars import Calendar
from hubsync.store.columns import read_stored, stored
from hubsync.store.free_times import CalendarHost, FreeTimes
from hubsync.store.people import Person
from hubsync.store.teams import Membership

WIDEST_BUFFER = timedelta(days=1)
"""So far beyond the times that are asked for can a booking or a busy time block them."""


_NO_BOOKING = 0

# Statements that every look at a booking page makes are put together once. Those that read nothing of the unit's
# own are asked of the connection: what the session does besides takes as long as the database.
_BETWEEN = (
    BookingRecord.host_id.in_(bindparam("hosts", expanding=True)),
    BookingRecord.cancelled_at.is_(None),
    BookingRecord.ends_at > bindparam("since"),
    BookingRecord.starts_at < bindparam("until"),
    BookingRecord.id != bindparam("without"),
)
_BOOKED = select(
    BookingRecord.host_id,
    BookingRecord.calendar_id,
    stored(BookingRecord.starts_at),
    stored(BookingRecord.ends_at),
).where(*_BETWEEN)
_BOOKED_AS_TEXTS = (
    select(
        BookingRecord.host_id,
        func.aggregate_strings(cast(BookingRecord.calendar_id, Text), ","),
        func.aggregate_strings(cast(BookingRecord.starts_at, Text), ","),
        func.aggregate_strings(cast(BookingRecord.ends_at, Text), ","),
    )
    .where(*_BETWEEN)
    .group_by(BookingRecord.host_id)
    .order_by(BookingRecord.host_id)
)
_BUFFERS = (
    select(FreeTimes.calendar_id, FreeTimes.buffer_before_minutes, FreeTimes.buffer_after_minutes)
    .where(FreeTimes.calendar_id.in_(bindparam("calendars", expanding=True)))
    .order_by(FreeTimes.calendar_id)
)
_BUSY = (
    select(
        BusyCalendar.id,
        BusyCalendar.person_id,
        cast(BusyTimes.times, Text),
        BusyCalendar.when_unreadable,
        BusyCalendar.read_at,
    )
    .outerjoin(BusyTimes, BusyTimes.busy_calendar_id == BusyCalendar.id)
    .where(BusyCalendar.person_id.in_(bindparam("hosts", expanding=True)))
    .order_by(BusyCalendar.id)
)


_HOSTS = (
    select(Person)
    .join(CalendarHost, CalendarHost.person_id == Person.id)
    .join(Membership, Membership.person_id == Person.id)
    .where(CalendarHost.calendar_id == bindparam("calendar"), Membership.team_id == bindparam("team"))
    .order_by(Person.id)
)
_HOST_NAMES = _HOSTS.with_only_columns(Person.id, Person.name)


def list_hosts(session: Session, calendar: Calendar) -> list[Person]:
    """Who may take a booking of *calendar*, in a lasting order; its owner where nobody else was chosen.

    Whoever has left the team is none any more.
    """
    chosen = session.scalars(_HOSTS, {"calendar": calendar.id, "team": calendar.team_id}).all()
    return list(chosen) or [calendar.owner]


def name_hosts(session: Session, calendar_id: int, team_id: int, owner: tuple[int, str]) -> dict[int, str]:
    """The names of the same people by their ids, for whom *owner* says id and name of the calendar's owner."""
    rows = session.connection().execute(_HOST_NAMES, {"calendar": calendar_id, "team": team_id}).all()
    return {each.id: each.name for each in rows} or dict([owner])


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


class StoredBusy(NamedTuple):
    """What the busy calendars of *hosts* say, as it is stored.

    *times* are calendar, person and times of each, *unreadable* whom one leaves without free times, with its id.
    """

    hosts: tuple[int, ...]
    times: tuple[tuple[int, int, str | None], ...]
    unreadable: tuple[tuple[int, int], ...]


def load_host_times(
    session: Session,
    calendar_id: int,
    busy: StoredBusy,
    first: datetime,
    last: datetime,
    *,
    without: int | None = None,
) -> list[HostTimes]:
    """What blocks the hosts of *busy* from *first* to *last* (aware), in their order.

    Bookings of other calendars and teams are among it, the booking *without* (its id), which is moved, is not.
    """
    given = _between(busy, first, last, without)
    bookings = session.execute(_BOOKED, given).all()
    # Buffers are of the few calendars, not of the many bookings.
    calendars = {calendar for _host, calendar, *_times in bookings}
    buffers = {row.calendar_id: row[1:] for row in session.execute(_BUFFERS, {"calendars": list(calendars)})}
    booked: dict[int, list[Booked]] = defaultdict(list)
    for host, calendar, starts_at, ends_at in bookings:
        around = buffers.get(calendar, ())
        booked[host].append(Booked(read_stored(starts_at), read_stored(ends_at), calendar == calendar_id, *around))
    found: dict[int, list[Busy]] = defaultdict(list)
    begin, end = given["since"].timestamp(), given["until"].timestamp()
    for source, person, times in busy.times:
        found[person] += [
            Busy(datetime.fromtimestamp(starts, UTC), datetime.fromtimestamp(ends, UTC), source)
            for starts, ends in json.loads(times or "[]")
            if ends > begin and starts < end
        ]
    unreadable = dict(busy.unreadable)
    return [HostTimes(each, found[each], booked[each], unreadable.get(each)) for each in busy.hosts]


def fingerprint_host_times(
    session: Session, busy: StoredBusy, first: datetime, last: datetime, *, without: int | None = None
) -> Hashable:
    """A value that is the same as before as long as `load_host_times` returns the same.

    The database makes texts of the bookings, which takes a fraction of the time of reading them.
    """
    booked = session.connection().execute(_BOOKED_AS_TEXTS, _between(busy, first, last, without)).all()
    calendars = {int(each) for _host, ids, *_times in booked for each in set(ids.split(","))}
    buffers = session.connection().execute(_BUFFERS, {"calendars": list(calendars)}).all()
    return hash(tuple(booked)), tuple(map(tuple, buffers)), hash(busy.times), busy.hosts, busy.unreadable


def _between(busy: StoredBusy, first: datetime, last: datetime, without: int | None) -> dict[str, Any]:
    begin, end = first - WIDEST_BUFFER, last + WIDEST_BUFFER
    return {"hosts": busy.hosts, "since": begin, "until": end, "without": without or _NO_BOOKING}


def load_busy(session: Session, host_ids: Sequence[int]) -> StoredBusy:
    """What the busy calendars of these hosts say, and who has no free times at all for one that cannot be read."""
    rows = session.connection().execute(_BUSY, {"hosts": host_ids}).all()
    unreadable: dict[int, int] = {}
    for calendar, person, _times, chosen, read_at in rows:
        if keeps_times_back(chosen, read_at, now()):
            unreadable.setdefault(person, calendar)
    times = tuple((calendar, person, text) for calendar, person, text, *_when in rows)
    return StoredBusy(tuple(host_ids), times, tuple(unreadable.items()))


def load_last_booked(session: Session, calendar_id: int, host_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these hosts last got a booking of the calendar, cancelled ones among them."""
    rows = session.execute(
        select(BookingRecord.host_id, func.max(BookingRecord.created_at))
        .where(BookingRecord.calendar_id == calendar_id, BookingRecord.host_id.in_(host_ids))
        .group_by(BookingRecord.host_id)
    )
    return {host: moment for host, moment in rows if host is not None}
