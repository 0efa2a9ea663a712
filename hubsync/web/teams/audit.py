"""Audit trail page (Team Settings): who did what, when."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from hubsync.domain.roles import Action
from hubsync.services.teams import audit
from hubsync.web.shell.calendar_names import name_calendars
from hubsync.web.shell.guards import team_page
from hubsync.web.teams.audit_text import describe

pages = Blueprint("audit", __name__)

ON_A_PAGE = 50


@pages.get("/teams/<team_slug>/settings/audit-trail")
@team_page(Action.TEAM_SETTINGS)
def show_trail() -> ResponseReturnValue:
    """The newest entries first; *before* in the address is the id to go on from."""
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    entries = audit.read_trail(g.team.id, ON_A_PAGE + 1, before)
    shown = entries[:ON_A_PAGE]
    names = name_calendars(g.membership)
    return render_template(
        "teams/show_audit_trail.html",
        entries=[(entry, describe(entry, names)) for entry in shown],
        older=shown[-1].id if len(entries) > ON_A_PAGE else None,
        is_first=before is None,
    )
