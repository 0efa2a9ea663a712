"""Settings of a calendar against unwanted bookings."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.delivery_states import DeliveryState
from hubsync.errors import UnwantedRulesChanged
from hubsync.services.deliveries.queries import LARGEST_ID
from hubsync.services.deliveries.statistics import count_by_state
from hubsync.services.unwanted.rules import load_rules, save_rules
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.web.calendars.own_page import find_calendar_with_page
from hubsync.web.shell.guards import team_page
from hubsync.web.unwanted.form import UnwantedRulesForm

pages = Blueprint(
    "unwanted",
    __name__,
    url_prefix=f"/teams/<team_slug>/calendars/<int(max={LARGEST_ID}):calendar_id>/unwanted-bookings",
)


@pages.get("")
@team_page()
def show_rules(calendar_id: int) -> ResponseReturnValue:
    """The rules as they are saved."""
    calendar = find_calendar_with_page(calendar_id)
    return _show(calendar, UnwantedRulesForm.of(*load_rules(db.session(), calendar.id)))


@pages.post("")
@team_page()
def save_rules_here(calendar_id: int) -> ResponseReturnValue:
    """Save everything, or show it again with what is wrong."""
    calendar = find_calendar_with_page(calendar_id)
    form = UnwantedRulesForm()
    if not form.validate_on_submit():
        return _show(calendar, form), 422
    try:
        save_rules(calendar.id, form.rules(), form.seen_version)
    except UnwantedRulesChanged:
        form.version.data = str(load_rules(db.session(), calendar.id)[1])
        changed = _("Somebody saved these settings since you opened them. Your changes are still here.")
        return _show(calendar, form, changed), 409
    flash(_("The settings are saved."), "success")
    return redirect(url_for("unwanted.show_rules", calendar_id=calendar.id))


def _show(calendar: Calendar, form: UnwantedRulesForm, changed: str = "") -> str:
    held = count_by_state(g.membership, calendar.id).get(DeliveryState.HELD, 0)
    return render_template("unwanted/rules.html", calendar=calendar, form=form, changed=changed, held=held)
