"""Leaving a team at one's own wish."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select

from hubsync.domain.roles import Role
from hubsync.errors import Refused
from hubsync.services.teams import members
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.store.people import Person
from hubsync.store.teams import Membership


@dataclass(frozen=True)
class Leaving:
    """What happens when somebody leaves a team: *owner* gets so many *calendars*, archived ones among them."""

    owner: Person
    calendars: int


def read_leaving(membership: Membership) -> Leaving:
    """What leaving the team would do. Raises Refused for the owner, who hands the team over first."""
    if membership.role == Role.OWNER:
        raise Refused(
            _("A team always has an owner. Hand the team over first, in Team Settings; then you can leave.")
        )
    owner = select(Person).join(Membership).where(Membership.role == Role.OWNER)
    own = select(func.count(Calendar.id)).where(Calendar.owner_id == membership.person_id)
    return Leaving(
        db.session.scalars(owner.where(Membership.team_id == membership.team_id)).one(),
        db.session.scalars(own.where(Calendar.team_id == membership.team_id)).one(),
    )


def leave_team(membership: Membership) -> None:
    """Take the person out of the team by their own wish; the calendars go to the owner, all their sessions end.

    Raises Refused for the owner.
    """
    read_leaving(membership)
    members.remove_member(membership.team_id, membership.person_id, by=membership.person_id)
