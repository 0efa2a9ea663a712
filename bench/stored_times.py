"""Free times from what is stored: three hosts with bookings and busy calendars, in a database on disk."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from sqlalchemy import insert

from bench.figures import median
from bench.installation import Installation
from hubsync.domain.booking import PAGE
from hubsync.domain.busy_calendars import CalendarKind, WhenUnreadable
from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.availability.free_times import load_offers
from hubsync.services.availability.rules import load_rules
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import CalendarHost
from tests.kit import rows

DAYS = 60
BOOKINGS, EVENTS, HOSTS = 2_000, 1_000, 3
LENGTHS = [timedelta(minutes=each) for each in (15, 30, 30, 45, 60, 120)]


def fill(installation: Installation, bookings: int = BOOKINGS, events: int = EVENTS) -> None:
    """Give the calendar three hosts, who share *bookings* and have a busy calendar of *events* times each."""
    chance, begin = random.Random(14), now().replace(minute=0, second=0, microsecond=0)

    def starts(number: int) -> list[int]:
        return sorted(chance.sample(range(DAYS * 288), number))

    with installation.app.app_context(), write_transaction() as session:
        calendar = session.get_one(Calendar, installation.calendar_id)
        people = [calendar.owner] + [rows.add_person(session, f"host{each}@acme.example") for each in (1, 2)]
        for person in people[1:]:
            rows.add_member(session, calendar.team_id, person.id, Role.MEMBER)
        session.add_all(CalendarHost(calendar_id=calendar.id, person_id=each.id) for each in people)
        for person in people:
            busy = BusyCalendar(
                person_id=person.id,
                kind=CalendarKind.ICS,
                name="Work",
                place="calendar.example",
                when_unreadable=WhenUnreadable.SHOW_TIMES,
                added_at=begin,
                read_at=begin,
            )
            session.add(busy)
            session.flush()
            times = [
                [int((begin + timedelta(minutes=5 * each)).timestamp()) + shift for shift in (0, 240)]
                for each in starts(events)
            ]
            until = begin + timedelta(days=DAYS)
            session.add(BusyTimes(busy_calendar_id=busy.id, times=times, from_at=begin, until=until))
        made = []
        for number, each in enumerate(starts(bookings)):
            start = begin + timedelta(minutes=5 * each)
            made.append(
                {
                    "team_id": calendar.team_id,
                    "calendar_id": calendar.id,
                    "source": PAGE,
                    "external_id": f"bench-{number}",
                    "starts_at": start,
                    "ends_at": start + chance.choice(LENGTHS),
                    "host_id": people[number % HOSTS].id,
                    "created_at": begin,
                }
            )
        session.execute(insert(BookingRecord), made)


def measure_stored(installation: Installation, times: int) -> tuple[float, float]:
    """Medians of the seconds from a question about all days to its answer: rows read, and times counted."""
    loading, counting = [], []
    with installation.app.app_context():
        for _ in range(times):
            calendar = db.session.get_one(Calendar, installation.calendar_id)
            rules, _version = load_rules(calendar)
            today = now().astimezone(rules.zone).date()
            begin = time.process_time()
            offers = load_offers(db.session(), calendar, today, today + timedelta(days=DAYS), rules=rules)
            read = time.process_time()
            offers.between(today, today + timedelta(days=DAYS))
            loading.append(read - begin)
            counting.append(time.process_time() - read)
            end_read()
    return median(loading), median(counting)
