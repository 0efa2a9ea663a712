"""Which calendars of a team somebody may see, with all that belongs to them: the one place that says so.

Who has the right to all of them sees the team's; everybody else sees their own.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from hubsync.domain.roles import Action, may
from hubsync.store.calendars import Calendar
from hubsync.store.counts import DeliveryCount
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership


def sees_all(membership: Membership, right: Action = Action.SEE_ALL_DELIVERIES) -> bool:
    """Whether the person has the *right* to every calendar of the team."""
    return may(membership.role, right)


def visible_calendars(membership: Membership, right: Action = Action.SEE_ALL_DELIVERIES) -> ColumnElement[bool]:
    """The condition that a calendar is one of those that the person may see."""
    team = Calendar.team_id == membership.team_id
    return team if sees_all(membership, right) else and_(team, Calendar.owner_id == membership.person_id)


def in_visible_calendars(
    membership: Membership, table: type[Delivery] | type[DeliveryCount]
) -> ColumnElement[bool]:
    """The condition that a row of *table* belongs to a calendar that the person may see."""
    team = table.team_id == membership.team_id
    if sees_all(membership):
        return team
    return and_(team, table.calendar_id.in_(select(Calendar.id).where(visible_calendars(membership))))


def may_see(membership: Membership, calendar: Calendar, right: Action = Action.SEE_ALL_DELIVERIES) -> bool:
    """Whether *calendar* is one that the person may see; `visible_calendars` for a row that is read."""
    mine = calendar.owner_id == membership.person_id
    return calendar.team_id == membership.team_id and (mine or sees_all(membership, right))
