"""Team Settings > Integrations > Signed JSON: the address and secret for booking tools of any kind."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.bookings import webhook_endpoints
from hubsync.web.shell.guards import team_page

pages = Blueprint("signed_json", __name__)
PAGE = "/teams/<team_slug>/settings/integrations/signed-json"
SOURCE = "signed_json"


@pages.get(PAGE)
@team_page(Action.TEAM_SETTINGS)
def show_endpoint() -> ResponseReturnValue:
    """The address, and how to sign."""
    return _render()


@pages.post(PAGE)
@team_page(Action.TEAM_SETTINGS)
def make_endpoint() -> ResponseReturnValue:
    """Make the address and show its secret, this once."""
    try:
        secret = webhook_endpoints.make_endpoint(g.team.id, SOURCE, by=g.person.id)
    except Refused as refused:
        flash(refused.message, "info")
        return redirect(url_for("signed_json.show_endpoint"))
    return _render(secret)


@pages.route(f"{PAGE}/secret", methods=["GET", "POST"])
@team_page(Action.TEAM_SETTINGS)
def renew_secret() -> ResponseReturnValue:
    """Ask, then replace the secret and show the new one, this once."""
    if request.method == "GET":
        return render_template("bookings/renew_secret.html")
    return _render(webhook_endpoints.renew_secret(g.team.id, SOURCE, by=g.person.id))


def _render(secret: str = "") -> str:
    address = webhook_endpoints.show_endpoint(g.team.id, SOURCE)
    lost = webhook_endpoints.is_secret_lost(g.team.id, SOURCE)
    return render_template("bookings/signed_json.html", address=address, secret=secret, lost=lost)
