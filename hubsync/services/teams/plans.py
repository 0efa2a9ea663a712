"""Whether the plan of a team lets its bookings be posted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select

from hubsync.domain.plans import PREMIUM
from hubsync.store import db
from hubsync.store.teams import Team

_PLAN = select(Team.plan).where(Team.id == bindparam("team_id"))


def posts(team_id: int) -> bool:
    """Whether the team's plan, as it is stored now, lets its bookings be posted."""
    return db.session.scalar(_PLAN, {"team_id": team_id}) == PREMIUM


def posts_now(team_id: int) -> ColumnElement[bool]:
    """The same as a condition of a statement."""
    return select(Team.id).where(Team.id == team_id, Team.plan == PREMIUM).exists()
