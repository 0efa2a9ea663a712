"""Free times of a calendar: what its booking page offers, and why it does not offer the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.availability.offers import Offers, count_per_day
from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.services import now
from hubsync.services.availability.hosts import list_hosts, load_busy, load_host_times
from hubsync.services.availability.rules import find_free_times, rules_of
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.columns import read_stored, stored

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
    if hosts is None:
        hosts = [person.id for person in list_hosts(session, calendar)]
    busy = load_busy(session, hosts)
    span = span_of(rules, first, last)
    times = load_host_times(session, calendar.id, busy, *span, without=without)
    per_day = count_bookings(session, calendar.id, rules, *span, without=without)
    return Offers(rules, times, now(), per_day)


def span_of(rules: FreeTimeRules, first: date, last: date) -> tuple[datetime, datetime]:
    """The instants between which a calendar with *rules* has its dates from *first* to *last*, and all meetings
    that begin on them."""
    return _midnight(first, rules), _midnight(last + A_DAY, rules) + A_DAY


def count_bookings(
    session: Session,
    calendar_id: int,
    rules: FreeTimeRules,
    begin: datetime,
    end: datetime,
    *,
    without: int | None = None,
) -> Counter[date]:
    """How many bookings of the calendar start on each of its dates, without cancelled ones; none where any number
    may."""
    if not rules.most_a_day:
        return Counter()
    rows = session.execute(
        select(BookingRecord.id, stored(BookingRecord.starts_at)).where(
            BookingRecord.calendar_id == calendar_id,
            BookingRecord.cancelled_at.is_(None),
            BookingRecord.starts_at >= begin,
            BookingRecord.starts_at < end,
        )
    )
    return count_per_day((read_stored(starts_at) for number, starts_at in rows if number != without), rules.zone)


def _midnight(day: date, rules: FreeTimeRules) -> datetime:
    return datetime.combine(day, time.min, rules.zone).astimezone(UTC)
