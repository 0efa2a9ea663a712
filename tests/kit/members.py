"""Members of a team, as an accepted invitation makes them."""

from __future__ import annotations

from hubsync.domain.roles import Role
from hubsync.services.people.people import checked_email, person_with
from hubsync.services.teams.members import add_membership
from hubsync.store import write_transaction
from hubsync.store.people import Person


def join(team_id: int, email: str, role: Role, *, by: int | None = None) -> Person:
    """Make the person with this address, who need not be known yet, a member of the team."""
    with write_transaction() as session:
        person = person_with(session, checked_email(email, "email"))
        add_membership(session, team_id, person, role, by=by)
    return person
