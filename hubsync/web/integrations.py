"""Team Settings > Integrations."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hubsync.domain.roles import Action
from hubsync.web.frame import team_page

pages = Blueprint("integrations", __name__)


@pages.get("/teams/<team_slug>/settings/integrations")
@team_page(Action.TEAM_SETTINGS)
def list_integrations() -> ResponseReturnValue:
    """The ways in and out of HubSync."""
    return render_template("integrations/list_integrations.html")
