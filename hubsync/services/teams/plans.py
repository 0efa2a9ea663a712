"""Plan check: whether a team's plan, as stored now, lets its bookings be posted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select

from hubsync.domain.plans import POSTING_PLANS, posts
from hubsync.store import db
from hubsync.store.teams import Team

_PLAN = select(Team.plan).where(Team.id == bindparam("team_id"))


def may_post(team_id: int) -> bool:
    """Whether the stored plan of the team lets its bookings be posted; not for a team that is deleted."""
    plan = db.session.scalar(_PLAN, {"team_id": team_id})
    return plan is not None and posts(plan)


def has_posting_plan() -> ColumnElement[bool]:
    """The same of a statement's `Team`, as a condition."""
    return Team.plan.in_(POSTING_PLANS)


def team_may_post(team_id: int) -> ColumnElement[bool]:
    """The same of one team, as a condition of a statement without its `Team`."""
    return select(Team.id).where(Team.id == team_id, has_posting_plan()).exists()
