"""A person's own busy calendars: adding one, which reads it first, reading it now, and removing it.

Nobody sees another person's: they look as if they did not exist.
"""

from __future__ import annotations

from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.busy_calendars import LONGEST_PAUSE, MOST_OF_A_PERSON, CalendarKind, WhenUnreadable
from hubsync.domain.clock_skew import is_ahead
from hubsync.domain.names import tidy_name
from hubsync.errors import FeedBusy, NotFound, Refused, SecretUnreadable
from hubsync.feeds.addresses import read_address
from hubsync.services import now, tools
from hubsync.services.busy_calendars.access import Access, open_access, seal_access
from hubsync.services.busy_calendars.readings import (
    ask,
    give_back,
    new_worker,
    note_reading,
    read_calendar,
    reader_of,
    take_patiently,
)
from hubsync.store import db, end_read, write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.leases import BUSY_CALENDAR
from hubsync.store.people import Person

LONGEST_NAME = 100


def add_feed(person_id: int, address: str, name: str, when_unreadable: WhenUnreadable) -> int:
    """Add the calendar at an ICS *address*, which is read at once; return its id.

    Without a *name* it is called as its host. Nothing is kept of one that cannot be read. Raises
    FeedError, or Refused with the field.
    """
    return add(person_id, Access(read_address(address, tools().feed_route)), name, when_unreadable)


def add(person_id: int, access: Access, name: str, when_unreadable: WhenUnreadable) -> int:
    """The same for a calendar of either kind."""
    name = _read_name(name) or access.place[:LONGEST_NAME]
    reading_only = db.session()
    _refuse(reading_only, person_id, access)
    person = reader_of(reading_only, reading_only.get_one(Person, person_id))
    end_read()
    reading = ask(access, person)
    with write_transaction() as session:
        # Two that are added at once are counted one after the other.
        session.get_one(Person, person_id, with_for_update=True)
        _refuse(session, person_id, access)
        row = BusyCalendar(
            person_id=person_id,
            kind=CalendarKind.CALDAV if access.calendars else CalendarKind.ICS,
            name=name,
            place=access.place,
            when_unreadable=when_unreadable,
            added_at=now(),
            failures=0,
        )
        session.add(row)
        session.flush()
        row.access_sealed = seal_access(row.id, access)
        note_reading(session, row, reading)
    return row.id


def change(person_id: int, calendar_id: int, name: str, when_unreadable: WhenUnreadable) -> None:
    """Change what a calendar is called, and what counts when it cannot be read. Raises NotFound, Refused."""
    name = _read_name(name)
    if not name:
        raise Refused(_("Enter a name."), field="name")
    with write_transaction() as session:
        row = _own(session, person_id, calendar_id)
        row.name, row.when_unreadable = name, when_unreadable


def renew(person_id: int, calendar_id: int, *, address: str = "", password: str = "") -> None:
    """Read a calendar by another *address*, or a CalDAV account by another app *password*, from now on.

    It is read at once; when that fails everything stays as it was. Raises NotFound, FeedError, Refused, and
    SecretUnreadable when no key opens the account that the password is for.
    """
    reading_only = db.session()
    row = _own(reading_only, person_id, calendar_id)
    if row.kind is CalendarKind.ICS:
        access = Access(read_address(address, tools().feed_route))
    else:
        access = replace(open_access(row), password=password)
    _refuse_same(reading_only, person_id, access, but=calendar_id)
    person = reader_of(reading_only, row.person)
    end_read()
    reading = ask(access, person)
    with write_transaction() as session:
        row = _own(session, person_id, calendar_id)
        BUSY_CALENDAR.clear(row)  # whoever is reading the former one writes nothing any more
        row.place, row.access_sealed = access.place, seal_access(row.id, access)
        note_reading(session, row, reading)


def remove(person_id: int, calendar_id: int) -> None:
    """Forget a calendar with its access and its busy times. Raises NotFound."""
    with write_transaction() as session:
        session.delete(_own(session, person_id, calendar_id))


def read_now(person_id: int, calendar_id: int) -> str:
    """Read a calendar at once; return the code of what kept it from that, "" for nothing. Raises NotFound.

    A server that asked for a pause is left alone. Whoever is reading it already has done so in a moment.
    """
    row = _own(db.session(), person_id, calendar_id)
    end_read()
    if row.fault_code == FeedBusy.code and is_ahead(row.next_read_at, now(), LONGEST_PAUSE):
        return FeedBusy.code
    worker = new_worker()
    if not take_patiently(calendar_id, worker):
        return ""
    try:
        return read_calendar(calendar_id, worker)
    finally:
        give_back(worker)


def _own(session: Session, person_id: int, calendar_id: int) -> BusyCalendar:
    row = session.scalar(
        select(BusyCalendar).where(BusyCalendar.id == calendar_id, BusyCalendar.person_id == person_id)
    )
    if row is None:
        raise NotFound("this person has no such busy calendar")
    return row


def _refuse(session: Session, person_id: int, access: Access) -> None:
    """Refuse what the person has already, and too many."""
    of_person = select(func.count()).where(BusyCalendar.person_id == person_id)
    if session.execute(of_person).scalar_one() >= MOST_OF_A_PERSON:
        raise Refused(
            _("A person can have at most %(count)s busy calendars.", count=MOST_OF_A_PERSON),
        )
    _refuse_same(session, person_id, access)


def _refuse_same(session: Session, person_id: int, access: Access, *, but: int | None = None) -> None:
    rows = session.scalars(select(BusyCalendar).where(BusyCalendar.person_id == person_id)).all()
    if any(row.id != but and _reads_the_same(row, access) for row in rows):
        raise Refused(_("This calendar is among your busy calendars already."))


def _reads_the_same(row: BusyCalendar, access: Access) -> bool:
    try:
        return open_access(row).reads_the_same(access)
    except SecretUnreadable:
        return False


def _read_name(name: str) -> str:
    tidy = tidy_name(name)
    if len(tidy) > LONGEST_NAME:
        raise Refused(_("The name may have up to %(count)s characters.", count=LONGEST_NAME), field="name")
    return tidy
