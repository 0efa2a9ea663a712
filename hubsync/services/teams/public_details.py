"""What guests read of a team on its booking pages: the responsible name and the privacy notice."""

from __future__ import annotations

from flask_babel import gettext as _

from hubsync.domain.audit import AuditAction
from hubsync.domain.names import tidy_name
from hubsync.domain.public_teams import (
    MOST_OF_A_NAME,
    MOST_OF_A_NOTICE,
    PublicTeam,
    is_link,
    looks_like_an_address,
)
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import require
from hubsync.store import write_transaction
from hubsync.store.teams import Team


def show_team(team: Team) -> PublicTeam:
    """*team* as guests see it."""
    return PublicTeam(team.name, team.responsible_name, team.privacy_notice)


def save_public_details(
    team_id: int, responsible_name: str, privacy_notice: str, *, by: int | None = None
) -> None:
    """Keep who is responsible and the privacy notice, a link or a short text; empty ones are not shown.

    Raises Refused for texts that are too long, and for an address that is not http or https.
    """
    name, notice = (tidy_name(text) for text in (responsible_name, privacy_notice))
    if len(name) > MOST_OF_A_NAME:
        too_long = _("The name may have up to %(number)s characters.", number=MOST_OF_A_NAME)
        raise Refused(too_long, field="responsible_name")
    if len(notice) > MOST_OF_A_NOTICE:
        too_long = _("The privacy notice may have up to %(number)s characters.", number=MOST_OF_A_NOTICE)
        raise Refused(too_long, field="privacy_notice")
    if looks_like_an_address(notice) and not is_link(notice):
        raise Refused(
            _("A link has to begin with https:// or http:// and to name a site."), field="privacy_notice"
        )
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id)
        if (team.responsible_name, team.privacy_notice) == (name, notice):
            return
        team.responsible_name, team.privacy_notice = name, notice
        record(session, team_id, by, AuditAction.PUBLIC_DETAILS_CHANGED, responsible=name, privacy_notice=notice)
