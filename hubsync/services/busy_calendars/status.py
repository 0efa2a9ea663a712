"""Status of a person's busy calendars, for their own eyes: how each was read last, and what it says comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from hubsync.domain.busy_calendars import CalendarKind, WhenUnreadable, keeps_times_back
from hubsync.domain.busy_times import BusyTime, UnreadEvent, UnreadReason
from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.store import db
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes

SHOWN = 10
"""So many of the next busy times prove to a person that it is the right calendar."""


@dataclass(frozen=True)
class BusyCalendarStatus:
    """One busy calendar: *place* is the host of its address.

    *fault_code* is what the last readings met, since *faulty_since*; *keeps_back* is whether its person has no
    free times for that reason. *ahead* counts busy times that are not over, *next_times* are the first of them.
    *unread* are events that are not among them, or whose zone was guessed; *left_out* counts the former.
    """

    id: int
    kind: CalendarKind
    name: str
    place: str
    when_unreadable: WhenUnreadable
    read_at: datetime | None
    fault_code: str
    faulty_since: datetime | None
    next_read_at: datetime | None
    keeps_back: bool
    ahead: int
    next_times: tuple[BusyTime, ...]
    left_out: int
    unread: tuple[UnreadEvent, ...]


def list_busy_calendars(person_id: int) -> list[BusyCalendarStatus]:
    """All busy calendars of a person, in the order in which they were added."""
    rows = db.session.execute(
        select(BusyCalendar, BusyTimes)
        .outerjoin(BusyTimes, BusyTimes.busy_calendar_id == BusyCalendar.id)
        .where(BusyCalendar.person_id == person_id)
        .order_by(BusyCalendar.id)
        .execution_options(populate_existing=True)
    )
    return [_status(row, times) for row, times in rows]


def find_busy_calendar(person_id: int, calendar_id: int) -> BusyCalendarStatus:
    """One of them. Raises NotFound for what is not this person's."""
    for each in list_busy_calendars(person_id):
        if each.id == calendar_id:
            return each
    raise NotFound("this person has no such busy calendar")


def _status(row: BusyCalendar, times: BusyTimes | None) -> BusyCalendarStatus:
    moment = now()
    stored = [] if times is None else times.times
    ahead = [each for each in stored if each[1] > moment.timestamp()]
    return BusyCalendarStatus(
        id=row.id,
        kind=row.kind,
        name=row.name,
        place=row.place,
        when_unreadable=row.when_unreadable,
        read_at=row.read_at,
        fault_code=row.fault_code,
        faulty_since=row.faulty_since,
        next_read_at=row.next_read_at,
        keeps_back=keeps_times_back(row.when_unreadable, row.read_at, moment),
        ahead=len(ahead),
        next_times=tuple(BusyTime(*(datetime.fromtimestamp(end, UTC) for end in each)) for each in ahead[:SHOWN]),
        left_out=row.left_out,
        unread=tuple(_unread(*each) for each in (times.unread if times is not None else ())),
    )


def _unread(reason: str, day: str) -> UnreadEvent:
    return UnreadEvent(UnreadReason(reason), date.fromisoformat(day) if day else None)
