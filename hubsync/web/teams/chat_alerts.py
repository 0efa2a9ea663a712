"""Chat alerts in Team Settings: add an address, send a test, remove it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.alerts.sending import AlertNotSent
from hubsync.domain.chat_alerts import AlertFault
from hubsync.domain.roles import Action
from hubsync.errors import Refused
from hubsync.services.alerts import addresses
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.web.shell.guards import team_page
from hubsync.web.teams.settings_form import ChatAddressForm

pages = Blueprint("chat_alerts", __name__, url_prefix="/teams/<team_slug>/settings/chat-alerts")
ONE = f"/<int(max={LARGEST_ID}):address_id>"
ANCHOR = "chat-alerts"

FAULTS: Mapping[AlertFault, object] = {
    AlertFault.INVALID: _l(
        "This is no address of a chat that HubSync knows. Copy the whole address, as in the examples."
    ),
    AlertFault.NOT_HTTPS: _l("It is asked by http, which anybody on the way can read. Use its https address."),
    AlertFault.PRIVATE: _l(
        "It leads to a private network, or to this machine. Whoever runs HubSync can name its host in "
        "HUBSYNC_ALERT_PRIVATE_HOSTS."
    ),
    AlertFault.REFUSED: _l("The chat refused it. The address may have been taken back there: make a new one."),
    AlertFault.REDIRECTED: _l("It leads on to another address. Use the one that it ends at."),
    AlertFault.UNREACHABLE: _l("The chat could not be reached."),
    AlertFault.TOO_SLOW: _l("The chat did not answer in time, so it may have arrived or not."),
    AlertFault.STOPPED: _l("HubSync was stopped while it sent, so it may have arrived or not."),
    AlertFault.UNREADABLE: _l(
        "No key of this installation opens the address. Remove it and add it again, or ask whoever runs HubSync."
    ),
    AlertFault.FAILED: _l("The chat did not take it."),
}
"""Why an address was not taken or an alert not sent, and what to do."""


@pages.route("/add", methods=["GET", "POST"])
@team_page(Action.TEAM_SETTINGS)
def add() -> ResponseReturnValue:
    """Take an address, or say what is wrong with it, at the field."""
    form = ChatAddressForm()
    if form.validate_on_submit():
        try:
            addresses.add_address(g.team.id, form.chat_address.data or "", by=g.person.id)
        except AlertNotSent as fault:
            form.chat_address.errors = (FAULTS[fault.fault],)
        except Refused as refused:
            form.chat_address.errors = (refused.message,)
            if not refused.field:
                form.chat_address.data = ""  # it is kept already, and is not shown again
        else:
            flash(_("The address is added. Send a test to see whether it arrives."), "success")
            return _to_list()
    return render_template("chat_alerts/add.html", form=form), (422 if form.errors else 200)


@pages.post(f"{ONE}/test")
@team_page(Action.TEAM_SETTINGS)
def send_test(address_id: int) -> ResponseReturnValue:
    """Send a line, and say what came of it."""
    title = _("HubSync: a test")
    body = _("Alerts of the team %(team)s arrive here.", team=g.team.name)
    try:
        addresses.send_test(g.team.id, address_id, title, body)
    except Refused as refused:
        flash(refused.message, "error")
    except AlertNotSent as fault:
        flash(_("The test could not be sent. %(why)s", why=FAULTS[fault.fault]), "error")
    else:
        flash(_("The chat took the test. Look there."), "success")
    return _to_list()


@pages.route(f"{ONE}/remove", methods=["GET", "POST"])
@team_page(Action.TEAM_SETTINGS)
def remove(address_id: int) -> ResponseReturnValue:
    """Ask, then forget it."""
    shown = addresses.find_address(g.team.id, address_id)
    if request.method == "POST":
        service = shown.service
        addresses.remove_address(g.team.id, address_id, by=g.person.id)
        flash(_("%(service)s gets no alerts any more.", service=service), "success")
        return _to_list()
    return render_template("chat_alerts/remove.html", shown=shown)


def _to_list() -> ResponseReturnValue:
    return redirect(url_for("teams.settings", _anchor=ANCHOR))
