"""Recipients of a team's mails, and their language."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hubsync.domain.roles import Role
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.teams import Membership


@dataclass(frozen=True)
class Recipients:
    """The addresses, each once, the owner's first; the time zone is the owner's.

    *language* is the one that the team chose, else the owner's.
    """

    addresses: tuple[str, ...]
    language: str
    time_zone: str


def addressees_of(team_id: int) -> Recipients:
    """Owner, administrators and whoever connected, as long as that person belongs to the team."""
    connected_by = db.session.scalar(select(Connection.connected_by_id).where(Connection.team_id == team_id))
    members = db.session.scalars(
        select(Membership).where(Membership.team_id == team_id).order_by(Membership.id),
        execution_options={"populate_existing": True},
    ).all()
    addressed = [each for each in members if each.role != Role.MEMBER or each.person_id == connected_by]
    addressed.sort(key=lambda each: each.role != Role.OWNER)
    owner = addressed[0].person
    return Recipients(
        tuple(dict.fromkeys(each.person.email for each in addressed)),
        addressed[0].team.language or owner.reads,
        owner.time_zone,
    )
