"""Teams and who belongs to them."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hubsync.domain.questions import is_email
from hubsync.domain.roles import Action, Role, may
from hubsync.errors import NotFound, Refused, RoleTooLow
from hubsync.services import now
from hubsync.services.signing_in import tidy_email
from hubsync.store import db, writing
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Identity, Person
from hubsync.store.teams import Membership, Team

PLANS = ("free", "basic", "premium")
LINK_ISSUER = "e-mail link"
NEEDS_A_PERSON = ("failed", "partial", "waiting")
SLUG_LENGTH = 60


def found_team(name: str, owner_email: str, plan: str) -> Team:
    """Make a team with its owner, who is made too if nobody has the address yet.

    Raises Refused for an empty name or an address that is none.
    """
    name = _tidy_name(name)
    email = _checked_email(owner_email, "owner")
    with writing() as session:
        team = Team(slug=_free_slug(session, name), name=name, plan=plan, created_at=now())
        session.add(team)
        session.flush()
        owner = _person(session, email)
        session.add(Membership(team_id=team.id, person_id=owner.id, role=Role.OWNER))
    return team


def list_memberships(person_id: int) -> Sequence[Membership]:
    """The teams of a person with the roles there, by the teams' names."""
    query = select(Membership).join(Team).where(Membership.person_id == person_id).order_by(Team.name, Team.id)
    return db.session.scalars(query).all()


def find_membership(person_id: int, team_slug: str) -> Membership:
    """The person's membership in this team, read afresh. Raises NotFound for a team that is another's, or none."""
    query = select(Membership).join(Team).where(Membership.person_id == person_id, Team.slug == team_slug)
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound("no such team")
    return found


def list_members(team_id: int) -> Sequence[Membership]:
    """Everybody in the team: the owner, the administrators, the members, each by address."""
    members = db.session.scalars(
        select(Membership).join(Person).where(Membership.team_id == team_id).order_by(Person.email)
    ).all()
    ranks = list(Role)
    return sorted(members, key=lambda member: ranks.index(Role(member.role)))


def rename_team(team_id: int, name: str) -> None:
    """Give the team another name; its address stays. Raises Refused for an empty one."""
    tidy = _tidy_name(name)
    with writing() as session:
        session.execute(update(Team).where(Team.id == team_id).values(name=tidy))


def change_plan(team_id: int, role: Role, plan: str) -> None:
    """Put the team on another plan. Raises RoleTooLow unless the owner asks, Refused for a plan there is not."""
    if not may(role, Action.CHANGE_PLAN):
        raise RoleTooLow(_("Only the owner can change the plan."))
    if plan not in PLANS:
        raise Refused(_("There is no such plan."), field="plan")
    with writing() as session:
        session.execute(update(Team).where(Team.id == team_id).values(plan=plan))


def add_member(team_id: int, email: str, role: Role) -> Person:
    """Add the person with this address, who is made if nobody has it yet.

    Raises Refused for an address that is none, for somebody who is in the team already, and for a second owner.
    """
    address = _checked_email(email, "email")
    if role is Role.OWNER:
        raise Refused(_("A team has exactly one owner."), field="role")
    with writing() as session:
        person = _person(session, address)
        query = select(Membership).where(Membership.team_id == team_id, Membership.person_id == person.id)
        if session.scalar(query) is not None:
            raise Refused(_("This person is in the team already."), field="email")
        session.add(Membership(team_id=team_id, person_id=person.id, role=role))
    return person


def change_role(team_id: int, person_id: int, role: Role) -> None:
    """Make somebody an administrator or a member, from the next request on.

    Raises NotFound for somebody of another team, Refused for the owner and for a second owner.
    """
    if role is Role.OWNER:
        raise Refused(_("A team has exactly one owner."))
    with writing() as session:
        _not_the_owner(session, team_id, person_id).role = role


def remove_member(team_id: int, person_id: int) -> None:
    """Take somebody out of the team, who stays a person; the calendars go to the owner.

    Raises NotFound for somebody of another team, Refused for the owner.
    """
    with writing() as session:
        membership = _not_the_owner(session, team_id, person_id)
        owner_id = session.scalars(
            select(Membership.person_id).where(Membership.team_id == team_id, Membership.role == Role.OWNER)
        ).one()
        session.execute(
            update(Calendar)
            .where(Calendar.team_id == team_id, Calendar.owner_id == person_id)
            .values(owner_id=owner_id)
        )
        session.delete(membership)


def count_needing_a_person(membership: Membership) -> int:
    """How many deliveries wait for somebody: all of the team, or a member's own calendars."""
    query = select(func.count(Delivery.id)).where(
        Delivery.team_id == membership.team_id, Delivery.state.in_(NEEDS_A_PERSON)
    )
    if not may(Role(membership.role), Action.SEE_ALL_DELIVERIES):
        query = query.join(Calendar, Calendar.id == Delivery.calendar_id).where(
            Calendar.owner_id == membership.person_id
        )
    return db.session.scalars(query).one()


def _not_the_owner(session: Session, team_id: int, person_id: int) -> Membership:
    found = session.scalar(
        select(Membership).where(Membership.team_id == team_id, Membership.person_id == person_id)
    )
    if found is None:
        raise NotFound("no such member")
    if found.role == Role.OWNER:
        raise Refused(_("The owner stays the owner until the team is handed over."))
    return found


def _person(session: Session, email: str) -> Person:
    """The person with this address, made if need be; the e-mail link is the first way in."""
    found = session.scalar(select(Person).where(Person.email == email))
    if found is None:
        found = Person(email=email, created_at=now())
        session.add(found)
        session.flush()
        session.add(Identity(person_id=found.id, issuer=LINK_ISSUER, subject=email))
    return found


def _checked_email(email: str, field: str) -> str:
    tidy = tidy_email(email)
    if not is_email(tidy):
        raise Refused(_("This is not an e-mail address."), field=field)
    return tidy


def _tidy_name(name: str) -> str:
    tidy = " ".join(name.split())
    if not tidy:
        raise Refused(_("The team needs a name."), field="name")
    if len(tidy) > 200:
        raise Refused(_("The name may have up to 200 characters."), field="name")
    return tidy


def _free_slug(session: Session, name: str) -> str:
    """The name as part of an address; with a number where another team has it, by chance where nothing is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or f"team-{secrets.token_hex(3)}"
    taken = set(session.scalars(select(Team.slug).where(Team.slug.startswith(base))))
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbers if slug not in taken)
