"""A team's account at a booking source: the token of its API, and the comparison with the source's own list."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.sources import comparison, endpoint_setup, subscriptions
from hubsync.services.sources.endpoints import EndpointView
from hubsync.services.sources.status import status_of
from hubsync.sources.source import Source
from hubsync.web.shell.guards import team_page
from hubsync.web.sources.place import find_shown, page_of, require_shown, shown_source
from hubsync.web.sources.rendering import render_inside, render_source


@team_page(Action.TEAM_SETTINGS)
def connect() -> ResponseReturnValue:
    """Let HubSync set the source up by the token of its API; what is wrong with it is said at the field."""
    source, endpoint = shown_source(), find_shown()
    if request.method == "GET":  # the address of a page with an error, opened once more
        return redirect(url_for(".show_endpoint"))
    token = request.form.get("token", "")
    try:
        if endpoint is None:
            subscriptions.check_token(source.name, token)
            endpoint_setup.add_endpoint(g.team.id, source.name, by=g.person.id)
            endpoint = require_shown()
        subscriptions.connect(endpoint.id, token, by=g.person.id)
    except Refused as refused:
        return render_source(endpoint, token_error=refused.message), 422
    flash(_("HubSync has set it up. Bookings come by themselves from now on."), "success")
    return redirect(url_for(".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def disconnect() -> ResponseReturnValue:
    """Ask, then take HubSync out of the source again, and forget the token."""
    endpoint = require_shown()
    if request.method == "GET":
        return render_inside("sources/disconnect.html", endpoint, account=status_of(endpoint.id))
    subscriptions.disconnect(endpoint.id, by=g.person.id)
    return redirect(url_for(".show_endpoint"))


@team_page(Action.TEAM_SETTINGS)
def compare_now() -> ResponseReturnValue:
    """Have the bookings compared with the source's own list; the page shows how far it is."""
    comparison.compare_now(require_shown().id, by=g.person.id)
    return redirect(url_for(".show_endpoint"))


def renew_subscription(endpoint: EndpointView) -> ResponseReturnValue:
    """Ask, then have another secret made, which HubSync tells the source itself."""
    refused = ""
    if request.method == "POST":
        try:
            subscriptions.renew(endpoint.id, by=g.person.id)
        except Refused as fault:
            refused = fault.message
        else:
            flash(_("There is a new secret, and your booking tool has it already."), "success")
            return redirect(url_for(".show_endpoint"))
    page = render_inside("sources/renew_subscription.html", endpoint, refused=refused)
    return page, (409 if refused else 200)


def add_pages(pages: Blueprint, source: Source) -> None:
    """Give *pages* the views of this module, if *source* has an API."""
    if source.api is None:
        return
    page = page_of(source)
    pages.add_url_rule(f"{page}/connect", view_func=connect, methods=["GET", "POST"])
    pages.add_url_rule(f"{page}/disconnect", view_func=disconnect, methods=["GET", "POST"])
    pages.add_url_rule(f"{page}/compare", view_func=compare_now, methods=["POST"])
