"""Statistics of deliveries by state, read from the counters that `services/deliveries/transitions` keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from hubsync.services import now
from hubsync.services.deliveries.transitions import day_of
from hubsync.store import db
from hubsync.store.calendar_visibility import in_visible_calendars
from hubsync.store.counts import ALL_DAYS, DeliveryCount, held_up
from hubsync.store.teams import Membership

DAYS = 30


@dataclass(frozen=True)
class Counts:
    """How many bookings of the last days came in: *by_state* in all, and *days*, the oldest (UTC) first.

    Each of *days* has the number of each state on that day; states without any are not there. ``dismissed`` is
    counted as a state.
    """

    by_state: Mapping[str, int]
    days: Sequence[Mapping[str, int]]

    @property
    def by_day(self) -> list[int]:
        """How many came in on each of *days*."""
        return [sum(day.values()) for day in self.days]


def count_by_state(membership: Membership, calendar_id: int | None = None) -> dict[str, int]:
    """How many deliveries the reader may see in each state and as ``dismissed``; no state without any."""
    query = (
        select(DeliveryCount.state, func.sum(DeliveryCount.number))
        .where(in_visible_calendars(membership, DeliveryCount), DeliveryCount.day == ALL_DAYS)
        .group_by(DeliveryCount.state)
    )
    if calendar_id is not None:
        query = query.where(DeliveryCount.calendar_id == calendar_id)
    return {state: number for state, number in db.session.execute(query) if number}


def count_held_up_seen(membership: Membership) -> int:
    """The same of what the reader may see."""
    return db.session.scalars(held_up(in_visible_calendars(membership, DeliveryCount))).one()


def count_recent(team_id: int, calendar_id: int | None = None) -> Counts:
    """Count what came in during the last 30 days, today included, erased bookings too."""
    return _count_days(DeliveryCount.team_id == team_id, calendar_id)


def count_recent_seen(membership: Membership, calendar_id: int | None = None) -> Counts:
    """The same of what the reader may see."""
    return _count_days(in_visible_calendars(membership, DeliveryCount), calendar_id)


def _count_days(seen: ColumnElement[bool], calendar_id: int | None) -> Counts:
    today = now()
    days = [day_of(today - timedelta(days=back)) for back in reversed(range(DAYS))]
    query = select(DeliveryCount.day, DeliveryCount.state, func.sum(DeliveryCount.number)).where(
        seen, DeliveryCount.day >= days[0]
    )
    if calendar_id is not None:
        query = query.where(DeliveryCount.calendar_id == calendar_id)
    by_state: dict[str, int] = {}
    by_day: dict[str, dict[str, int]] = {day: {} for day in days}
    for day, state, number in db.session.execute(query.group_by(DeliveryCount.day, DeliveryCount.state)):
        if number and day in by_day:
            by_state[state] = by_state.get(state, 0) + number
            by_day[day][state] = number
    return Counts(by_state, list(by_day.values()))
