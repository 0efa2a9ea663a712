"""Teams and their members."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.names import tidy_name
from hubsync.domain.normal_forms import in_form
from hubsync.domain.plans import Plan
from hubsync.domain.roles import Action, Role, may
from hubsync.domain.sorting import name_order
from hubsync.errors import NotFound, Refused, RoleTooLow
from hubsync.services import now
from hubsync.services.people.people import checked_email, person_with
from hubsync.services.people.sessions import end_sessions
from hubsync.services.teams.audit import record
from hubsync.store import changed, db, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import CalendarHost
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team

SLUG_LENGTH = 60


def create_team(name: str, owner_email: str, plan: Plan, *, by: int | None = None) -> Team:
    """Make a team with its owner, who is made too if nobody has the address yet.

    Raises Refused for an empty name or an address that is none.
    """
    name = _tidy_name(name)
    email = checked_email(owner_email, "owner")
    with write_transaction() as session:
        team = Team(slug=_free_slug(session, name), name=name, plan=plan, created_at=now())
        session.add(team)
        session.flush()
        owner = person_with(session, email)
        session.add(Membership(team_id=team.id, person_id=owner.id, role=Role.OWNER))
        record(session, team.id, by, AuditAction.TEAM_MADE, team=name, owner=email, plan=plan)
    return team


def list_memberships(person_id: int) -> Sequence[Membership]:
    """The teams of a person with the roles there, by the teams' names."""
    query = select(Membership).where(Membership.person_id == person_id).order_by(Membership.team_id)
    return sorted(db.session.scalars(query), key=lambda each: name_order(each.team.name))


def find_membership(person_id: int, team_slug: str) -> Membership:
    """The person's membership in this team, read afresh. Raises NotFound for a team that is another's, or none."""
    query = select(Membership).join(Team).where(Membership.person_id == person_id, Team.slug == team_slug)
    membership = db.session.scalar(query, execution_options={"populate_existing": True})
    if membership is None:
        raise NotFound("no such team")
    return membership


def list_members(team_id: int) -> Sequence[Membership]:
    """Everybody in the team: the owner, the administrators, the members, each by address."""
    members = db.session.scalars(
        select(Membership).join(Person).where(Membership.team_id == team_id).order_by(Person.email)
    ).all()
    ranks = list(Role)
    return sorted(members, key=lambda member: ranks.index(member.role))


def rename_team(team_id: int, name: str, *, by: int | None = None) -> None:
    """Give the team another name; its address stays. Raises Refused for an empty one."""
    tidy = _tidy_name(name)
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id)
        before, team.name = team.name, tidy
        if before != tidy:
            record(session, team_id, by, AuditAction.TEAM_RENAMED, before=before, after=tidy)


def change_plan(team_id: int, role: Role, plan: str, *, by: int | None = None) -> None:
    """Put the team on another plan. Raises RoleTooLow unless the owner asks, Refused for a plan there is not."""
    if not may(role, Action.CHANGE_PLAN):
        raise RoleTooLow(_("Only the owner can change the plan."))
    if plan not in list(Plan):
        raise Refused(_("There is no such plan."), field="plan")
    with write_transaction() as session:
        require(session, team_id, by, Action.CHANGE_PLAN)
        team = session.get_one(Team, team_id)
        before, team.plan = team.plan, Plan(plan)
        if before != plan:
            record(session, team_id, by, AuditAction.PLAN_CHANGED, before=before, after=plan)


def add_membership(
    session: Session, team_id: int, person: Person, role: Role, *, by: int | None, invited: str = ""
) -> None:
    """Make the person a member of the team, written down with the address. Called inside `write_transaction`.

    *invited* is the address of the invitation that was accepted, if any.
    """
    session.add(Membership(team_id=team_id, person_id=person.id, role=role))
    shown = f"{person.name} ({person.email})" if person.name else person.email
    another = {"invited": invited} if invited and invited != person.email else {}
    record(session, team_id, by, AuditAction.JOINED, person=shown, role=role, **another)


def change_role(team_id: int, person_id: int, role: Role, *, by: int | None = None) -> None:
    """Make somebody an administrator or a member, who is signed out everywhere and comes back with the new role.

    Raises NotFound for somebody of another team, Refused for the owner and for a second owner.
    """
    if role is Role.OWNER:
        raise Refused(_("A team has exactly one owner."))
    with write_transaction() as session:
        require(session, team_id, by, Action.MANAGE_MEMBERS)
        membership = _member(session, team_id, person_id)
        before, shown = membership.role, membership.person.shown
        if before == role:
            return
        but_the_owner = update(Membership).where(Membership.id == membership.id, Membership.role != Role.OWNER)
        _refuse_the_owner(changed(session, but_the_owner.values(role=role)))
        end_sessions(session, person_id)
        record(session, team_id, by, AuditAction.ROLE_CHANGED, person=shown, before=before, after=role)


def remove_member(team_id: int, person_id: int, *, by: int | None = None) -> None:
    """Take somebody out of the team, who stays a person and is signed out everywhere; calendars go to the owner.

    They are a host of none any more. Raises NotFound for somebody of another team, Refused for the owner.
    """
    with write_transaction() as session:
        if by != person_id:  # everybody may leave
            require(session, team_id, by, Action.MANAGE_MEMBERS)
        take_out(session, team_id, person_id, by)


def take_out(session: Session, team_id: int, person_id: int, by: int | None = None) -> None:
    """Take somebody out of the team as `remove_member` does. Called inside `write_transaction`."""
    membership = _member(session, team_id, person_id)
    owner_id = session.scalars(
        select(Membership.person_id).where(Membership.team_id == team_id, Membership.role == Role.OWNER)
    ).one()
    session.execute(
        update(Calendar)
        .where(Calendar.team_id == team_id, Calendar.owner_id == person_id)
        .values(owner_id=owner_id)
    )
    of_team = select(Calendar.id).where(Calendar.team_id == team_id)
    as_host = delete(CalendarHost).where(CalendarHost.person_id == person_id)
    session.execute(as_host.where(CalendarHost.calendar_id.in_(of_team)))
    shown = membership.person.shown
    but_the_owner = delete(Membership).where(Membership.id == membership.id, Membership.role != Role.OWNER)
    _refuse_the_owner(changed(session, but_the_owner))
    end_sessions(session, person_id)
    record(session, team_id, by, AuditAction.REMOVED, person=shown, left=by == person_id)


def require(session: Session, team_id: int, by: int | None, action: Action) -> None:
    """Raise RoleTooLow unless the person *by* may do this at this moment; None stands for HubSync itself.

    Pages ask for the role too, but before the transaction: a role taken away in between counts here.
    """
    if by is None:
        return
    membership = membership_of(session, team_id, by)
    if membership is None or not may(membership.role, action):
        raise RoleTooLow(_("Your role in this team does not allow this. Ask the owner or an administrator."))


def membership_of(session: Session, team_id: int, person_id: int) -> Membership | None:
    """The membership as it is in the transaction of *session*."""
    query = select(Membership).where(Membership.team_id == team_id, Membership.person_id == person_id)
    return session.scalar(query)


def _member(session: Session, team_id: int, person_id: int) -> Membership:
    membership = membership_of(session, team_id, person_id)
    if membership is None:
        raise NotFound("no such member")
    return membership


def _refuse_the_owner(rows: int) -> None:
    """Refuse when it was the owner's row, which the change leaves out: perhaps since a moment ago."""
    if rows != 1:
        raise Refused(_("The owner stays the owner until the team is handed over."))


def _tidy_name(name: str) -> str:
    tidy = tidy_name(name)
    if not tidy:
        raise Refused(_("The team needs a name."), field="name")
    if len(tidy) > 200:
        raise Refused(_("The name may have up to 200 characters."), field="name")
    return tidy


def _free_slug(session: Session, name: str) -> str:
    """The name as part of an address; with a number where another team has it, by chance where nothing is left."""
    plain = in_form("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-") or f"team-{secrets.token_hex(3)}"
    taken = set(session.scalars(select(Team.slug).where(Team.slug.startswith(base))))
    numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbers if slug not in taken)
