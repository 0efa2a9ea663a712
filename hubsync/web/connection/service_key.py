"""Service key page: somebody pastes a key that was made in HubSpot."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.plans import posts
from hubsync.domain.roles import Action
from hubsync.errors import AccessExpired, HubSpotError, PermissionMissing, Refused
from hubsync.phrases import enumerated
from hubsync.services.connection import service_keys
from hubsync.store.connections import connection_of
from hubsync.web.connection.oauth_flow import show_settled
from hubsync.web.connection.overview import PAGE, hubspot_links
from hubsync.web.connection.service_key_form import ServiceKeyForm
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.reasons import explain_detail

pages = Blueprint("hubspot_key", __name__)


@pages.route(f"{PAGE}/service-key", methods=["GET", "POST"])
@team_page(Action.CONNECT)
def enter() -> ResponseReturnValue:
    """Take a key, have HubSpot verify it, and connect; otherwise say what is wrong with it, at the field."""
    if not posts(g.team.plan):
        return redirect(url_for("hubspot.show_connection"))
    form = ServiceKeyForm()
    connection = connection_of(g.team.id)
    if form.validate_on_submit():
        try:
            settled = service_keys.connect_with_key(
                g.team.id, g.person.id, form.key.data, watch_only=form.watch_only.data
            )
            return show_settled(settled)
        except (HubSpotError, Refused) as fault:
            form.key.errors = (_what_is_wrong(fault),)
    return render_template(
        "connection/service_key.html",
        form=form,
        needed=service_keys.NEEDED,
        links=hubspot_links(connection),
        watching=connection is not None and connection.watching_since is not None,
    ), (422 if form.errors else 200)


def _what_is_wrong(fault: HubSpotError | Refused) -> str:
    """Why the key was not taken; nothing of the key is in it."""
    match fault:
        case Refused():
            return fault.message
        case AccessExpired():
            return _(
                "HubSpot does not accept this key. It may have been deleted or replaced there; copy it again."
            )
        case PermissionMissing(scopes=scopes) if scopes:
            return _(
                "The key lacks permissions: %(scopes)s. Add them to the key in HubSpot, then paste it again.",
                scopes=enumerated(scopes),
            )
        case HubSpotError(permanent=False):
            return _(
                "HubSpot could not be asked, so the key was not kept: %(why)s Try again.",
                why=explain_detail(fault),
            )
    return _("HubSpot did not verify the key: %(why)s", why=explain_detail(fault))
