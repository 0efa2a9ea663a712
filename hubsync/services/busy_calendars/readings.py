"""Reading of a busy calendar: one worker asks its server, then writes down what came, all of it or nothing.

No transaction is open while a server is asked. A worker that is killed at any point leaves the last state, and the
reading is due again as soon as its lease ends. Whatever goes wrong changes nothing of what is known.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hubsync.domain.busy_calendars import is_to_be_announced, next_reading, window_at
from hubsync.domain.busy_times import UnreadReason, merge
from hubsync.errors import FeedError, SecretUnreadable
from hubsync.feeds.caldav import Account, read_calendars
from hubsync.feeds.ics_feed import read_feed
from hubsync.feeds.reading import FeedReading, NotModified, Person, Validators
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.busy_calendars.access import Access, open_access
from hubsync.services.busy_calendars.unreadable_mail import put_unreadable
from hubsync.store import db, end_read, write_transaction
from hubsync.store import people as stored
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.leases import BUSY_CALENDAR

SECONDS = 18.0  # a page waits for it, and gunicorn gives a silent worker up after 30 s
POLL_SECONDS = 0.2
PATIENCE = 5.0


@dataclass(frozen=True)
class _Opened:
    """A busy calendar with all that reading it takes."""

    person: Person
    validators: Validators
    access: Access = field(repr=False)


def new_worker() -> str:
    """A name for whoever takes the lease of a busy calendar."""
    return secrets.token_hex(8)


def take(calendar_id: int, worker: str, *which: ColumnElement[bool]) -> bool:
    """Let *worker* alone read this busy calendar, if it is *which*; whether it may now."""
    with write_transaction() as session:
        return BUSY_CALENDAR.acquire(session, now(), BusyCalendar.id == calendar_id, *which, worker=worker)


def take_patiently(calendar_id: int, worker: str) -> bool:
    """`take`, waiting a little for whoever is at it: a person is waiting."""
    ends = time.monotonic() + PATIENCE
    while not take(calendar_id, worker):
        if time.monotonic() > ends:
            return False
        time.sleep(POLL_SECONDS)
    return True


def give_back(worker: str) -> None:
    """Let others read it."""
    with write_transaction() as session:
        BUSY_CALENDAR.release(session, worker)


def change_calendar(calendar_id: int, worker: str, change: Callable[[Session, BusyCalendar], None]) -> bool:
    """Let *change* write to the busy calendar, if *worker* still has it; whether it has."""
    with write_transaction() as session:
        row = session.scalar(
            select(BusyCalendar).where(BusyCalendar.id == calendar_id).with_for_update(of=BusyCalendar)
        )
        if row is None or row.worker != worker:
            return False
        change(session, row)
        return True


def read_calendar(calendar_id: int, worker: str) -> str:
    """Read the busy calendar that *worker* has; return the code of what kept it from that, "" for nothing."""
    try:
        opened = _open(calendar_id)
        if opened is None:
            return ""
        reading = ask(opened.access, opened.person, opened.validators)
    except (FeedError, SecretUnreadable) as fault:
        code, asked = fault.code, getattr(fault, "pause_seconds", None)
        change_calendar(calendar_id, worker, lambda session, row: note_fault(session, row, code, asked))
        return code
    change_calendar(calendar_id, worker, lambda session, row: note_reading(session, row, reading))
    return ""


def ask(access: Access, person: Person, validators: Validators | None = None) -> FeedReading | NotModified:
    """What the server of a busy calendar says now; without *validators* it is always a whole reading.

    Raises FeedError.
    """
    window, deadline, route = window_at(now()), Deadline.after(SECONDS), tools().feed_route
    asked = (validators or Validators(), window, person, deadline, route)
    if not access.calendars:
        return read_feed(access.address, *asked)
    account = Account(access.address, access.user, access.password)
    return read_calendars(account, access.calendars, *asked)


def reader_of(session: Session, person: stored.Person) -> Person:
    """Whom busy times are read for: declined invitations are known by the addresses that a person has here."""
    of_person = select(stored.Identity.shown).where(stored.Identity.person_id == person.id)
    emails = {person.email, *(each for each in session.scalars(of_person) if "@" in each)}
    return Person(frozenset(emails), person.time_zone)


def note_reading(session: Session, row: BusyCalendar, reading: FeedReading | NotModified) -> None:
    """Write down what was read, in place of all that was known before; the caller commits."""
    moment = now()
    row.read_at, row.failures, row.fault_code = moment, 0, ""
    row.faulty_since = row.told_at = None
    row.next_read_at = next_reading(moment, 0, None, random.random())  # noqa: S311  # spreads, hides nothing
    if isinstance(reading, NotModified):
        return
    left = reading.validators
    row.etag, row.last_modified, row.read_for = left.etag, left.last_modified, left.read_for
    row.content_hash = reading.fingerprint
    row.left_out = sum(each.reason is not UnreadReason.ZONE_UNKNOWN for each in reading.unread)
    times = session.get(BusyTimes, row.id) or BusyTimes(busy_calendar_id=row.id)
    times.times = [[int(each.start.timestamp()), int(each.end.timestamp())] for each in merge(reading.busy)]
    times.from_at, times.until = reading.window.start, reading.window.end
    times.unread = [[each.reason, each.day.isoformat() if each.day else ""] for each in reading.unread]
    session.add(times)


def note_fault(session: Session, row: BusyCalendar, code: str, asked_seconds: float | None) -> None:
    """Write down that nothing could be read, and when it is tried again; the caller commits.

    The person is mailed when that has gone on for a while, once until it is read again.
    """
    moment = now()
    row.failures += 1
    row.fault_code, row.faulty_since = code, row.faulty_since or moment
    row.next_read_at = next_reading(moment, row.failures, asked_seconds, random.random())  # noqa: S311
    if is_to_be_announced(row.failures, row.faulty_since, row.told_at, moment):
        row.told_at = moment
        put_unreadable(session, row)


def _open(calendar_id: int) -> _Opened | None:
    """The busy calendar, None where it was removed. Raises SecretUnreadable when no key opens its access."""
    session = db.session()
    row = session.get(BusyCalendar, calendar_id, populate_existing=True)
    times = session.get(BusyTimes, calendar_id, populate_existing=True)
    person = reader_of(session, row.person) if row is not None else None
    end_read()
    if row is None or person is None:
        return None
    known = Validators()
    if times is not None:
        known = Validators(row.etag, row.last_modified, times.from_at, times.until, row.read_for)
    return _Opened(person, known, open_access(row))
