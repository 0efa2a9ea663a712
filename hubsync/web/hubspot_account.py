"""Another HubSpot account than before: what would change, and whether to use it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.errors import Refused, SecretUnreadable
from hubsync.services import connecting, parking
from hubsync.services.comparing_accounts import compare_mappings
from hubsync.services.disconnecting import is_account_shared
from hubsync.services.standing import read_standing
from hubsync.web import wording
from hubsync.web.calendar_names import name_calendars
from hubsync.web.frame import team_page
from hubsync.web.hubspot import PAGE
from hubsync.web.hubspot_connect import show_settled
from hubsync.web.standing_words import name_account, tell_given_back

pages = Blueprint("hubspot_account", __name__)


@pages.get(f"{PAGE}/another-account")
@team_page(Action.CONNECT)
def ask() -> ResponseReturnValue:
    """Show both accounts, what the mappings would miss, and what happens to what waits."""
    parked, connection = parking.find_parked(g.team.id), connecting.find_connection(g.team.id)
    if parked is None or connection is None:
        flash(_("There is no question about another account to answer, or its ten minutes are over."), "info")
        return redirect(url_for("hubspot.show_connection"))
    return render_template(
        "integrations/another_account.html",
        parked=parked,
        connection=connection,
        shared=is_account_shared(connection.hubspot_account_id, g.team.id),
        comparison=compare_mappings(parked),
        names=name_calendars(g.membership),
        waiting=read_standing(g.team.id).waiting,
        asker="" if parked.person_id == g.person.id else parking.name_asker(parked),
        wording=wording,
    )


@pages.post(f"{PAGE}/another-account/use")
@team_page(Action.CONNECT)
def use() -> ResponseReturnValue:
    """Take the other account over."""
    if connecting.what_hinders(g.team) == "plan":
        return redirect(url_for("hubspot.show_connection"))
    account, former = request.form.get("account", ""), request.form.get("former", "")
    try:
        settled = parking.use_parked(g.team.id, g.person.id, account, former)
    except (Refused, SecretUnreadable) as fault:
        flash(fault.message if isinstance(fault, Refused) else wording.explain_reason(fault.code), "warning")
        still_open = parking.find_parked(g.team.id) is not None
        return redirect(url_for("hubspot_account.ask" if still_open else "hubspot.show_connection"))
    return show_settled(settled)


@pages.post(f"{PAGE}/another-account/keep")
@team_page(Action.CONNECT)
def keep() -> ResponseReturnValue:
    """Leave everything as it was, revoke what HubSpot gave for the other account, and say what stays there."""
    parked = parking.find_parked(g.team.id)
    other = name_account(parked.account_name, parked.hubspot_account_id) if parked is not None else ""
    method = parked.method if parked is not None else ""
    try:
        given = parking.refuse_parked(g.team.id, g.person.id, request.form.get("account", ""))
    except Refused as refused:
        flash(refused.message, "warning")
    else:
        flash(_("The former account is kept."), "success")
        flash(tell_given_back(given, method, other), "info")
    return redirect(url_for("hubspot.show_connection"))
