"""Team Settings > Integrations > HubSpot: the state of the connection, Connect, Disconnect."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.errors import HubSpotError, Refused
from hubsync.hubspot.links import connected_apps_url
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import calendars, connecting, disconnecting, tools
from hubsync.store.connections import Connection
from hubsync.web import errors, hubspot_redirect
from hubsync.web.frame import enter_team, require, signed_in_person, team_page

pages = Blueprint("hubspot", __name__)
PAGE = "/teams/<team_slug>/settings/integrations/hubspot"


@pages.get(PAGE)
@team_page(Action.TEAM_SETTINGS)
def show_connection() -> ResponseReturnValue:
    """Which account, by whom, since when; or what to do to get there."""
    connection = connecting.find_connection(g.team.id)
    return render_template(
        "integrations/hubspot.html",
        connection=connection,
        state=connection.state if connection else "disconnected",
        hindrance=connecting.what_hinders(g.team),
        needed_settings=connecting.NEEDED_SETTINGS,
        redirect_uri=connecting.redirect_uri(),
        base_url=tools().base_url,
        scopes=SCOPES,
        calendars=calendars.list_calendars(g.membership),
        apps_url=_apps_url(connection),
    )


@pages.post(f"{PAGE}/connect")
@team_page(Action.CONNECT)
def connect() -> ResponseReturnValue:
    """Leave for HubSpot's consent screen."""
    if connecting.what_hinders(g.team):
        return redirect(url_for("hubspot.show_connection"))
    state, leaving = hubspot_redirect.leave(connecting.redirect_uri())
    connecting.begin_attempt(g.team.id, g.person.id, state)
    return leaving


@pages.get("/integrations/hubspot/callback")
def come_back() -> ResponseReturnValue:
    """Take HubSpot's answer: for the person who pressed Connect, in the same browser, once."""
    person = signed_in_person()
    if person is None:
        flash(_("HubSpot was not connected, because nobody is signed in. Sign in, then press Connect."), "warning")
        return redirect(url_for("signin.sign_in"))
    state = request.args.get("state", "")
    try:
        verifier = hubspot_redirect.come_back(state)
        if verifier is None:
            raise Refused(
                _(
                    "This answer from HubSpot does not belong to a Connect pressed in this browser, or was used "
                    "before. The HubSpot page of your team shows whether it is connected."
                )
            )
        team = connecting.take_attempt(state, person.id)
    except Refused as refused:
        return errors.show(400, refused.message, title=_("Nothing has changed"))
    enter_team(person, team.slug)
    require(Action.CONNECT)
    page = redirect(url_for("hubspot.show_connection"))
    code = request.args.get("code", "")
    if "error" in request.args or not code:
        flash(_("HubSpot was not connected: the request was declined there. Nothing has changed."), "warning")
        return page
    if connecting.what_hinders(g.team):
        return page
    try:
        connected = connecting.connect(team.id, person.id, code, verifier)
    except (HubSpotError, Refused) as fault:
        flash(_("HubSpot was not connected, and nothing has changed: %(why)s", why=fault.message), "error")
        if fault.advice:
            flash(_(fault.advice), "info")
        return page
    flash(_("Connected to %(name)s.", name=_account(connected.account_name, connected.account_id)), "success")
    if connected.another_account:
        flash(
            _(
                "This is another HubSpot account than before. Check the mappings: its properties may differ. "
                "HubSync remembers companies separately for each account."
            ),
            "warning",
        )
    return page


@pages.route(f"{PAGE}/disconnect", methods=["GET", "POST"])
@team_page(Action.CONNECT)
def disconnect() -> ResponseReturnValue:
    """Ask, then forget the tokens and leave HubSpot."""
    connection = connecting.find_connection(g.team.id)
    if connection is None or connection.state == "disconnected":
        return redirect(url_for("hubspot.show_connection"))
    shared = disconnecting.is_account_shared(connection.hubspot_account_id, g.team.id)
    if request.method == "GET":
        return render_template(
            "integrations/disconnect_hubspot.html",
            connection=connection,
            shared=shared,
            apps_url=_apps_url(connection),
        )
    if disconnecting.disconnect(g.team.id):
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


def _account(name: str, account_id: str) -> str:
    number = _("account %(id)s", id=account_id)
    return f"{name} ({number})" if name else number


def _apps_url(connection: Connection | None) -> str:
    if connection is None:
        return tools().hubspot_app_url
    return connected_apps_url(tools().hubspot_app_url, connection.ui_domain or None, connection.hubspot_account_id)
