"""How a team's deliveries of the last days ended, for the HubSpot page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from hubsync.services import now
from hubsync.store import db
from hubsync.store.deliveries import Delivery

DAYS = 30


@dataclass(frozen=True)
class Counts:
    """How many deliveries came in: *by_state*, and *by_day* for each day (UTC), the oldest first."""

    by_state: Mapping[str, int]
    by_day: Sequence[int]


def count_recent(team_id: int) -> Counts:
    """Count what came in during the last 30 days, today included."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=DAYS - 1)
    day = func.date(Delivery.created_at)
    query = select(day, Delivery.state, func.count(Delivery.id)).where(
        Delivery.team_id == team_id, Delivery.created_at >= first
    )
    by_state: dict[str, int] = {}
    by_day: dict[date, int] = {}
    for found, state, count in db.session.execute(query.group_by(day, Delivery.state)):
        # SQLite answers with text, PostgreSQL with a date.
        at = date.fromisoformat(found) if isinstance(found, str) else found
        by_state[state] = by_state.get(state, 0) + count
        by_day[at] = by_day.get(at, 0) + count
    days = [first.date() + timedelta(days=each) for each in range(DAYS)]
    return Counts(by_state, [by_day.get(each, 0) for each in days])
