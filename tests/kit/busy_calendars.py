"""Busy calendars in tests: a provider that serves them on loopback, and what HubSync keeps of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.services import now
from hubsync.services.busy_calendars import own_calendars
from hubsync.store import db, end_read
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.people import Person
from scheduler_sandbox.calendars import Account, CalendarServer, PersonalCalendar, write_event
from tests.kit.settings import OWNER

HOUR = timedelta(hours=1)
OWN_NETWORK = {"FEED_PRIVATE_HOSTS": "127.0.0.0/8,localhost"}


@pytest.fixture
def provider() -> Iterator[CalendarServer]:
    """A provider with one calendar, Work, and a meeting of an hour in it, tomorrow at nine (UTC)."""
    work = PersonalCalendar("Work", "work")
    work.put(write_event(tomorrow(9), tomorrow(10), "Canary of a title"), "meeting")
    with CalendarServer(Account(calendars=[work])) as server:
        yield server


@pytest.fixture
def given() -> dict[str, str]:
    return OWN_NETWORK


def tomorrow(hour: int) -> datetime:
    return now().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)


def person_id(email: str = OWNER) -> int:
    found = db.session.scalars(select(Person.id).where(Person.email == email)).one()
    end_read()
    return found


def add(provider: CalendarServer, name: str = "Work", chosen: WhenUnreadable = WhenUnreadable.SHOW_TIMES) -> int:
    """The owner's busy calendar at the provider, added as a person does."""
    return own_calendars.add_feed(person_id(), provider.feed_url(), name, chosen)


def stored(calendar_id: int) -> BusyCalendar:
    """The row as it is in the database now."""
    row = db.session.get(BusyCalendar, calendar_id, populate_existing=True)
    end_read()
    assert row is not None
    return row


def busy_times(calendar_id: int) -> list[tuple[datetime, datetime]]:
    """What is kept of a busy calendar."""
    row = db.session.get(BusyTimes, calendar_id, populate_existing=True)
    end_read()
    return [] if row is None else [(_moment(start), _moment(end)) for start, end in row.times]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
