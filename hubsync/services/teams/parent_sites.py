"""Parent sites of a team: those that may show its booking pages inside their own pages."""

from __future__ import annotations

from flask_babel import gettext as _

from hubsync.domain.audit import AuditAction
from hubsync.domain.parent_sites import LONGEST_TYPED, MOST, read_sites
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import require
from hubsync.store import write_transaction
from hubsync.store.teams import Team


def save_parent_sites(team_id: int, typed: str, *, by: int | None = None) -> None:
    """Make what was *typed*, a site a line, the team's list; without any no site shows the pages.

    Raises Refused for a line that is no site, and for too many.
    """
    read = read_sites(typed[: LONGEST_TYPED + 1])
    if read.unreadable:
        sentence = _(
            "Line %(number)s is not the address of a site, such as https://www.acme.example.",
            number=read.unreadable[0],
        )
        raise Refused(sentence, field="parent_sites")
    if len(read.origins) > MOST or len(typed) > LONGEST_TYPED:
        raise Refused(_("There may be up to %(number)s sites.", number=MOST), field="parent_sites")
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id, populate_existing=True, with_for_update=True)
        origins = list(read.origins)
        if team.parent_sites != origins:
            team.parent_sites = origins
            record(session, team_id, by, AuditAction.PARENT_SITES_CHANGED, sites=origins)
