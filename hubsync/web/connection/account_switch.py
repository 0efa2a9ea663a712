"""Account switch: what would change with another HubSpot account, and whether to use it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.plans import posts
from hubsync.domain.roles import Action
from hubsync.errors import Refused, SecretUnreadable
from hubsync.services.connection import account_switch
from hubsync.services.connection.disconnection import is_account_shared
from hubsync.services.connection.status import read_status
from hubsync.services.imports.status import find_running
from hubsync.services.mapping.account_comparison import compare_mappings
from hubsync.store.connections import connection_of
from hubsync.web.connection.oauth_flow import show_settled
from hubsync.web.connection.overview import PAGE
from hubsync.web.connection.status_text import explain_revocation, name_account
from hubsync.web.shell import reasons
from hubsync.web.shell.calendar_names import name_calendars
from hubsync.web.shell.guards import team_page

pages = Blueprint("hubspot_account", __name__)


@pages.get(f"{PAGE}/another-account")
@team_page(Action.CONNECT)
def ask() -> ResponseReturnValue:
    """Show both accounts, what the mappings would miss, and what happens to what waits."""
    parked, connection = account_switch.find_parked(g.team.id), connection_of(g.team.id)
    if parked is None or connection is None:
        flash(_("There is no question about another account to answer, or its ten minutes are over."), "info")
        return redirect(url_for("hubspot.show_connection"))
    return render_template(
        "connection/another_account.html",
        parked=parked,
        connection=connection,
        shared=is_account_shared(connection.hubspot_account_id, g.team.id),
        comparison=compare_mappings(parked),
        names=name_calendars(g.membership),
        waiting=read_status(g.team.id).waiting,
        importing=find_running(g.team.id),
        asker="" if parked.person_id == g.person.id else account_switch.name_requester(parked),
        wording=reasons,
    )


@pages.post(f"{PAGE}/another-account/use")
@team_page(Action.CONNECT)
def use() -> ResponseReturnValue:
    """Take the other account over."""
    if not posts(g.team.plan):
        return redirect(url_for("hubspot.show_connection"))
    account, former = request.form.get("account", ""), request.form.get("former", "")
    try:
        settled = account_switch.use_parked(g.team.id, g.person.id, account, former)
    except (Refused, SecretUnreadable) as fault:
        flash(fault.message if isinstance(fault, Refused) else reasons.explain_reason(fault.code), "warning")
        still_open = account_switch.find_parked(g.team.id) is not None
        return redirect(url_for("hubspot_account.ask" if still_open else "hubspot.show_connection"))
    return show_settled(settled)


@pages.post(f"{PAGE}/another-account/keep")
@team_page(Action.CONNECT)
def keep() -> ResponseReturnValue:
    """Leave everything as it was, revoke what HubSpot gave for the other account, and say what stays there."""
    parked = account_switch.find_parked(g.team.id)
    other = name_account(parked.account_name, parked.hubspot_account_id) if parked is not None else ""
    method = parked.method if parked is not None else ""
    try:
        given = account_switch.refuse_parked(g.team.id, g.person.id, request.form.get("account", ""))
    except Refused as refused:
        flash(refused.message, "warning")
    else:
        flash(_("The former account is kept."), "success")
        flash(explain_revocation(given, method, other), "info")
    return redirect(url_for("hubspot.show_connection"))
