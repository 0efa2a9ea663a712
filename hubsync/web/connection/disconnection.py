"""Disconnection: ask, then forget the access and uninstall the app."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.roles import Action
from hubsync.services.connection import disconnection
from hubsync.store.connections import connection_of
from hubsync.web.connection.overview import PAGE, hubspot_links
from hubsync.web.shell.guards import team_page

pages = Blueprint("hubspot_disconnect", __name__)


@pages.route(f"{PAGE}/disconnect", methods=["GET", "POST"])
@team_page(Action.CONNECT)
def disconnect() -> ResponseReturnValue:
    """Say what happens; on the press, do it and say how far HubSpot let us."""
    connection = connection_of(g.team.id)
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        if request.method == "POST":
            flash(_("HubSpot is disconnected already."), "info")
        return redirect(url_for("hubspot.show_connection"))
    shared = disconnection.is_account_shared(connection.hubspot_account_id, g.team.id)
    method = connection.method
    if request.method == "GET":
        return render_template(
            "connection/disconnect_hubspot.html",
            connection=connection,
            shared=shared,
            links=hubspot_links(connection),
        )
    uninstalled = disconnection.disconnect(g.team.id, by=g.person.id)
    if method == ConnectMethod.SERVICE_KEY:
        flash(
            _(
                "HubSpot is disconnected: HubSync has forgotten the service key. The key itself goes on working "
                "until it is deleted in HubSpot, as described below."
            ),
            "warning",
        )
    elif uninstalled:
        flash(_("HubSpot is disconnected, and HubSync is uninstalled there. The mappings are kept."), "success")
    elif shared:
        flash(_("HubSpot is disconnected for this team. Another team here still uses the account."), "success")
    else:
        flash(
            _(
                "HubSpot is disconnected here: HubSync has forgotten its access. HubSpot itself could not be "
                "told; uninstall HubSync there too, as described below."
            ),
            "warning",
        )
    return redirect(url_for("hubspot.show_connection"))
