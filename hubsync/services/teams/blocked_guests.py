"""Blocked guests of a team: those whose bookings its booking pages do not take."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.blocked_guests import LONGEST_TYPED, MOST, is_blocked, read_blocked
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import require
from hubsync.store import db, write_transaction
from hubsync.store.teams import Team


def blocks(team_id: int, email: str) -> bool:
    """Whether the team's list is about the address of this guest."""
    entries = db.session.scalar(select(Team.blocked_guests).where(Team.id == team_id))
    return bool(entries) and is_blocked(email, entries or ())


def save_blocked_guests(team_id: int, typed: str, *, by: int | None = None) -> None:
    """Make what was *typed*, an address or domain a line, the team's list; without any nobody is blocked.

    Raises Refused for a line that is neither, and for too many.
    """
    read = read_blocked(typed[: LONGEST_TYPED + 1])
    if read.unreadable:
        sentence = _(
            "Line %(number)s is neither an e-mail address nor a domain such as spam.example or *.spam.example.",
            number=read.unreadable[0],
        )
        raise Refused(sentence, field="blocked_guests")
    if len(read.entries) > MOST or len(typed) > LONGEST_TYPED:
        raise Refused(_("There may be up to %(number)s entries.", number=MOST), field="blocked_guests")
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id, populate_existing=True, with_for_update=True)
        entries = list(read.entries)
        if team.blocked_guests != entries:
            team.blocked_guests = entries
            # How many, not which: they are guests, and the trail is kept for ever.
            record(session, team_id, by, AuditAction.BLOCKED_GUESTS_CHANGED, number=len(entries))
