"""Free times of a calendar: what its booking page offers, and why it does not offer the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.availability.offers import Offers
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.services import now
from hubsync.services.availability.hosts import list_hosts, load_host_times
from hubsync.services.availability.rules import find_free_times, rules_of
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar

A_DAY = timedelta(days=1)


def load_offers(
    session: Session,
    calendar: Calendar,
    first: date | None,
    last: date | None,
    *,
    rules: FreeTimeRules | None = None,
    hosts: Sequence[int] | None = None,
    without: int | None = None,
) -> Offers:
    """The free times of *calendar*, right for its dates from *first* to *last*; None for both offers nothing.

    *rules* and *hosts* (ids) are asked instead of those that are saved. The booking *without* (its id), which is
    being moved, is not in its own way.
    """
    rules = rules or rules_of(calendar, find_free_times(session, calendar.id))
    if first is None or last is None:
        return Offers(rules, (), now())
    begin, end = _midnight(first, rules), _midnight(last + A_DAY, rules) + A_DAY
    if hosts is None:
        hosts = [person.id for person in list_hosts(session, calendar)]
    blocked = load_host_times(session, calendar.id, hosts, begin, end, without=without)
    per_day = _count_per_day(session, calendar.id, rules, begin, end, without) if rules.most_a_day else {}
    return Offers(rules, blocked, now(), per_day)


def _count_per_day(
    session: Session, calendar_id: int, rules: FreeTimeRules, begin: datetime, end: datetime, without: int | None
) -> Counter[date]:
    """How many bookings of the calendar start on each of its dates, without cancelled ones."""
    rows = session.execute(
        select(BookingRecord.id, BookingRecord.starts_at).where(
            BookingRecord.calendar_id == calendar_id,
            BookingRecord.cancelled_at.is_(None),
            BookingRecord.starts_at >= begin,
            BookingRecord.starts_at < end,
        )
    )
    return Counter(row.starts_at.astimezone(rules.zone).date() for row in rows if row.id != without)


def _midnight(day: date, rules: FreeTimeRules) -> datetime:
    return datetime.combine(day, time.min, rules.zone).astimezone(UTC)
