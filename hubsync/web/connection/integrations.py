"""Integrations page (Team Settings): where bookings go to and come from."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from hubsync.domain.connections import ConnectionState
from hubsync.domain.roles import Action
from hubsync.services.connection import oauth_flow, status
from hubsync.services.sources import endpoint_status
from hubsync.sources.registry import SOURCES
from hubsync.web.shell.guards import team_page

pages = Blueprint("integrations", __name__)


@pages.get("/teams/<team_slug>/settings/integrations")
@team_page(Action.TEAM_SETTINGS)
def list_integrations() -> ResponseReturnValue:
    """Every integration with its state."""
    connection_status = status.read_status(g.team.id)
    unfit = (
        "not_configured" if oauth_flow.find_connect_blocker(g.team) == "settings" else ConnectionState.DISCONNECTED
    )
    statuses = endpoint_status.list_statuses(g.team.id)
    return render_template(
        "connection/list_integrations.html",
        hubspot_state=unfit
        if connection_status.state == ConnectionState.DISCONNECTED
        else connection_status.state,
        sources=[(each, statuses.get(each.name, [])) for each in SOURCES.values()],
    )
