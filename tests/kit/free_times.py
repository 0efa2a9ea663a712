"""A team with a booking page and its free times, on a day that every test can count on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.availability.rules import FreeTimeRules, Rolling
from hubsync.domain.booking import PAGE, Booking, Guest
from hubsync.services.availability.rules import load_rules
from hubsync.services.availability.saving import save_free_times
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyTimes
from hubsync.store.calendars import Calendar
from tests.kit import rows

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
"""A Monday at nine in Tokyo, when all of this happens."""
DAY = datetime(2026, 12, 3, tzinfo=TOKYO)
"""A Thursday."""
ALL_DAY = OpeningHours(((Interval(0, 1440),),) * 7)


def at(hour: int, minute: int = 0) -> datetime:
    """A time of the Thursday in Tokyo."""
    return DAY.replace(hour=hour, minute=minute)


def open_always(calendar_id: int) -> None:
    """Let the page of a calendar offer every fifth minute, from now on and as far ahead as may be."""
    change_rules(calendar_id, hours=ALL_DAY, step_minutes=5, notice_minutes=0, buffer_after=0, period=Rolling(365))


def change_rules(calendar_id: int, **different: Any) -> FreeTimeRules:
    """Save the rules of a calendar with what is *different*."""
    rules, version = load_rules(db.session.get_one(Calendar, calendar_id, populate_existing=True))
    end_read()
    changed = replace(rules, **different)
    save_free_times(calendar_id, changed, version)
    return changed


@dataclass
class PageTeam:
    """A team whose owner has a calendar with a booking page in Tokyo."""

    team_id: int
    owner_id: int
    calendar_id: int

    def calendar(self) -> Calendar:
        return db.session.get_one(Calendar, self.calendar_id, populate_existing=True)

    def add_member(self, email: str) -> int:
        with write_transaction() as session:
            person = rows.add_person(session, email)
            rows.add_member(session, self.team_id, person.id, "member")
            return person.id

    def add_calendar(self, owner_id: int | None = None) -> int:
        with write_transaction() as session:
            return rows.add_calendar(session, self.team_id, owner_id or self.owner_id).id

    def choose_hosts(self, *person_ids: int) -> None:
        rules, version = load_rules(self.calendar())
        end_read()
        save_free_times(self.calendar_id, rules, version, person_ids)

    def book(self, starts_at: datetime, external_id: str = "", calendar_id: int | None = None) -> BookingRecord:
        """Book a free time as a guest does; raises TimeNotOffered where it is none."""
        calendar = db.session.get_one(Calendar, calendar_id or self.calendar_id)
        page, booking = show_booking_page(calendar), booking_at(calendar, starts_at, external_id)
        end_read()
        kept = db.session.get_one(BookingRecord, keep_booking(page, booking).id)
        end_read()
        return kept

    def cancel(self, booking: BookingRecord) -> None:
        with write_transaction() as session:
            session.get_one(BookingRecord, booking.id).cancelled_at = NOW

    def busy(self, person_id: int, start: datetime, end: datetime, **columns: Any) -> int:
        """Let a busy calendar of the person say so."""
        with write_transaction() as session:
            row = rows.add_busy_calendar(session, person_id, **{"added_at": NOW, "read_at": NOW} | columns)
            times = [[int(start.timestamp()), int(end.timestamp())]]
            known = {"from_at": NOW, "until": NOW + timedelta(days=100)}
            session.add(BusyTimes(busy_calendar_id=row.id, times=times, **known))
            return row.id


def make_page_team(slug: str = "acme", owner: str = "owner@acme.example") -> PageTeam:
    """A team with its owner and one calendar, as they are after a minute of setting up."""
    with write_transaction() as session:
        team = rows.add_team(session, slug)
        person = rows.add_person(session, owner, name="Mika Sato", time_zone="Asia/Tokyo")
        rows.add_member(session, team.id, person.id)
        calendar = rows.add_calendar(session, team.id, person.id)
        return PageTeam(team.id, person.id, calendar.id)


def booking_at(calendar: Calendar, starts_at: datetime, external_id: str = "") -> Booking:
    """A booking of the calendar's page."""
    return Booking(
        source=PAGE,
        external_id=external_id or f"form-{calendar.id}-{starts_at.isoformat()}",
        calendar_external_id=calendar.external_id,
        calendar_name=calendar.name,
        guest=Guest("Jun Mori", "jun@guest.example", "Mori", "Asia/Tokyo"),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=calendar.duration_minutes),
    )
