"""Connect pages: to HubSpot's consent screen, and back with its answer."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.errors import HubSpotError, Refused
from hubsync.services.connection import oauth_flow, optional_scopes
from hubsync.services.connection.account_switch import AuthorizationResult
from hubsync.store.connections import connection_of
from hubsync.web.connection import oauth_redirect
from hubsync.web.connection.overview import PAGE
from hubsync.web.connection.status_text import name_account
from hubsync.web.shell import error_pages
from hubsync.web.shell.guards import enter_team, require, signed_in_person, team_page
from hubsync.web.shell.reasons import explain_detail

pages = Blueprint("hubspot_connect", __name__)


@pages.post(f"{PAGE}/connect")
@team_page(Action.CONNECT)
def connect() -> ResponseReturnValue:
    """Leave for HubSpot's consent screen."""
    if oauth_flow.find_connect_blocker(g.team):
        return redirect(url_for("hubspot.show_connection"))
    optional = optional_scopes.scopes_to_ask_for(g.team.id)
    state, leaving = oauth_redirect.start_authorization(oauth_flow.redirect_uri(), optional)
    oauth_flow.begin_attempt(g.team.id, g.person.id, state, watch_only="watch_only" in request.form)
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
        verifier = oauth_redirect.finish_authorization(state)
        if verifier is None:
            raise Refused(
                _(
                    "This answer from HubSpot does not belong to a Connect pressed in this browser, or was used "
                    "before. The HubSpot page of your team shows whether it is connected."
                )
            )
        team, watch_only = oauth_flow.take_attempt(state, person.id)
    except Refused as refused:
        return error_pages.show(400, refused.message, title=_("Nothing has changed"))
    enter_team(person, team.slug)
    require(Action.CONNECT)
    page = redirect(url_for("hubspot.show_connection"))
    code = request.args.get("code", "")
    if "error" in request.args or not code:
        flash(_("HubSpot was not connected: the request was declined there. Nothing has changed."), "warning")
        return page
    if oauth_flow.find_connect_blocker(g.team):
        flash(_("HubSpot was not connected: this team cannot connect any more. Nothing has changed."), "warning")
        return page
    try:
        settled = oauth_flow.connect(team.id, person.id, code, verifier, watch_only=watch_only)
    except (HubSpotError, Refused) as fault:
        flash(_("HubSpot was not connected, and nothing has changed: %(why)s", why=explain_detail(fault)), "error")
        if fault.advice:
            flash(_(fault.advice), "info")
        return page
    return show_settled(settled)


def show_settled(settled: AuthorizationResult) -> ResponseReturnValue:
    """Go on to the question about another account, or say what the team is connected to now."""
    if settled.asks:
        return redirect(url_for("hubspot_account.ask"))
    connection = connection_of(g.team.id)
    if connection is not None:  # by the name that the page has, which a service key alone does not tell
        name = name_account(connection.account_name, connection.hubspot_account_id)
        flash(_("Connected to %(name)s.", name=name), "success")
        if connection.watching_since is not None:
            flash(
                _("HubSync watches only: it reads in HubSpot and writes nothing there until you go live."), "info"
            )
    return redirect(url_for("hubspot.show_connection"))
