"""Transfer of ownership: somebody else becomes the owner, the owner an administrator."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.roles import Action, Role
from hubsync.errors import NotFound, Refused, RoleTooLow
from hubsync.services.people.sessions import end_sessions
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import membership_of, require
from hubsync.store import changed, write_transaction
from hubsync.store.teams import Membership, Team


def hand_over(team_id: int, to: int, typed_name: str, *, by: int) -> None:
    """Make the person *to* the owner of the team that the person *by* owns; both are signed out everywhere.

    There is exactly one owner before, after and in between, also when two hand-overs meet: the second finds that
    *by* is no owner any more and raises RoleTooLow. Raises NotFound for somebody outside the team, Refused for the
    owner and for a name that is not the team's.
    """
    with write_transaction() as session:
        require(session, team_id, by, Action.HAND_OVER_TEAM)
        check_typed_name(session.get_one(Team, team_id), typed_name)
        if to == by:
            raise Refused(_("You are the owner already."), field="person")
        pass_on(session, team_id, by, to)


def pass_on(session: Session, team_id: int, by: int, to: int) -> None:
    """Make *to* the owner in the place of *by*. Called inside `write_transaction`; raises as `hand_over` does."""
    chosen = membership_of(session, team_id, to)
    if chosen is None:
        raise NotFound("no such member")
    shown = chosen.person.shown
    # The index knows one owner in a team, so the old one goes first; nobody sees the moment in between.
    old = _role_of(team_id, by).where(Membership.role == Role.OWNER).values(role=Role.ADMINISTRATOR)
    if not changed(session, old):
        raise RoleTooLow(_("You are not the owner of this team any more."))
    if not changed(session, _role_of(team_id, to).values(role=Role.OWNER.value)):
        raise NotFound("no such member")
    end_sessions(session, to)
    end_sessions(session, by)
    record(session, team_id, by, AuditAction.HANDED_OVER, person=shown)


def check_typed_name(team: Team, typed: str) -> None:
    """Raise Refused unless the team's name was typed, blanks aside."""
    if " ".join(typed.split()) != team.name:
        raise Refused(_("This is not the name of the team."), field="typed_name")


def _role_of(team_id: int, person_id: int) -> Update:
    return update(Membership).where(Membership.team_id == team_id, Membership.person_id == person_id)
