"""Claim of a free time for one booking: of all who want it at one instant, in whatever process, one gets it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.availability.hosts import choose_host
from hubsync.errors import TimeNotOffered
from hubsync.services.availability.free_times import load_offers
from hubsync.services.availability.hosts import list_hosts, load_last_booked
from hubsync.services.availability.rules import find_free_times
from hubsync.services.calendars.source_calendars import hold_calendar
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person


class ChosenHost(NamedTuple):
    """Whose time a booking takes, and what others call that person."""

    id: int
    shown: str


def claim_time(
    session: Session,
    calendar: Calendar,
    starts_at: datetime,
    *,
    without: int | None = None,
    preferred: int | None = None,
) -> ChosenHost:
    """Choose whose time a booking at *starts_at* (aware) takes; the caller writes it down and commits.

    Nobody else decides about any of the calendar's hosts until then, wherever it is, nor changes the *calendar*,
    which is read afresh. The booking *without* (its id) is being moved, and stays with its host *preferred* (the
    id of a person) who is free then as well. Raises TimeNotOffered when the time is not free any more, or never
    was offered.
    """
    # SQLite lets one unit write at a time. PostgreSQL lets rows be locked while others that refer to them may be
    # written: the calendar, for its rules, its hosts and the most bookings of a day, then the hosts in one order.
    hold_calendar(session, calendar)
    session.refresh(calendar)
    ids = [person.id for person in list_hosts(session, calendar)]
    session.execute(
        select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(of=Person, key_share=True)
    )
    row = find_free_times(session, calendar.id)
    if row is not None and row.paused_at is not None:
        raise TimeNotOffered
    day = starts_at.astimezone(ZoneInfo(calendar.time_zone)).date()
    # Of those who are locked alone: whoever left the team at this instant may have made another one the host.
    found = load_offers(session, calendar, day, day, hosts=ids, without=without).at(starts_at)
    if not found.is_offered:
        raise TimeNotOffered
    chosen = preferred
    if chosen is None or chosen not in found.hosts:
        chosen = choose_host(found.hosts, load_last_booked(session, calendar.id, found.hosts))
    person = session.get_one(Person, chosen)
    return ChosenHost(person.id, person.shown)
