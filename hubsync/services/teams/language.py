"""Language of what is written to a team and not to one person: notices, chat alerts, invitations of strangers."""

from __future__ import annotations

from flask_babel import gettext as _

from hubsync.domain.audit import AuditAction
from hubsync.domain.languages import LONGEST_LANGUAGE
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.teams.audit import record
from hubsync.services.teams.members import require
from hubsync.store import write_transaction
from hubsync.store.teams import Team


def save_language(team_id: int, language: str, *, by: int | None = None) -> None:
    """Keep the catalogue *language*; an empty one is the owner's.

    Whether there is such a catalogue is the page's to know. Raises Refused for what can be none.
    """
    if len(language) > LONGEST_LANGUAGE:
        raise Refused(_("Select a language."), field="language")
    with write_transaction() as session:
        require(session, team_id, by, Action.TEAM_SETTINGS)
        team = session.get_one(Team, team_id)
        if team.language == language:
            return
        team.language = language
        record(session, team_id, by, AuditAction.LANGUAGE_CHANGED, language=language)
