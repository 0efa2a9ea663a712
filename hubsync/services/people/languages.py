"""Languages that people are written to, and teams."""

from __future__ import annotations

from sqlalchemy import select

from hubsync.domain.languages import ENGLISH
from hubsync.domain.roles import Role
from hubsync.store import db
from hubsync.store.people import Identity, Person
from hubsync.store.teams import Membership, Team


def language_of(person: Person, team_id: int | None = None) -> str:
    """The language of mails to *person*: the chosen one, else the one that the browser asked for.

    Whoever was never here asked for none and reads the team's, that of *team_id* rather than another's.
    """
    known = person.language or person.browser_language
    if known or db.session.scalar(select(Identity.id).where(Identity.person_id == person.id).limit(1)) is not None:
        return known or ENGLISH
    teams = db.session.scalars(
        select(Membership.team_id)
        .where(Membership.person_id == person.id)
        .order_by(Membership.team_id != team_id, Membership.id)
    )
    return next(filter(None, map(_team_language, teams)), ENGLISH)


def team_language(team_id: int) -> str:
    """The language of what is written to a team and to nobody in person: the one it chose, else its owner's."""
    return _team_language(team_id) or ENGLISH


def _team_language(team_id: int) -> str:
    row = db.session.execute(
        select(Team.language, Person.language, Person.browser_language)
        .join(Membership, Membership.team_id == Team.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Team.id == team_id, Membership.role == Role.OWNER)
    ).first()
    return next(filter(None, row or ()), "")
