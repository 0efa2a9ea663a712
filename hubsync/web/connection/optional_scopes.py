"""Optional permissions on the HubSpot page: what the installation's app in HubSpot is said to list."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.services.connection import optional_scopes
from hubsync.web.connection.overview import PAGE
from hubsync.web.shell.guards import team_page

pages = Blueprint("hubspot_optional", __name__)


@pages.post(f"{PAGE}/optional-permissions")
@team_page(Action.CONNECT)
def say_listed() -> ResponseReturnValue:
    """Keep what somebody says of the app: HubSync asks only for what it lists."""
    listed = "listed" in request.form
    optional_scopes.say_listed(g.team.id, g.person.id, listed=listed)
    if listed:
        flash(_("Saved. Connect asks for the optional permissions from now on."), "success")
    else:
        flash(_("Saved. Connect does not ask for the optional permissions."), "success")
    return redirect(url_for("hubspot.show_connection", _anchor="optional-permissions"))
