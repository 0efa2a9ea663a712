"""The log of deliveries, one delivery, and Retry."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _

from hubsync.domain.roles import Action
from hubsync.domain.states import NEEDS_A_PERSON
from hubsync.services import counting_deliveries, delivering, reading_deliveries
from hubsync.store.deliveries import Delivery
from hubsync.web import wording
from hubsync.web.frame import allowed, team_page
from hubsync.web.outcomes import begun_elsewhere, parts_of

pages = Blueprint("deliveries", __name__)

CAN_BE_RETRIED = ("failed", "partial", "retrying", "waiting", "skipped")
NEEDING = "needs_a_person"
IN_ORDER = ("failed", "partial", "waiting", "retrying", "posted", "duplicate", "skipped", "pending", "sending")
FILTERS = {NEEDING: NEEDS_A_PERSON, **{state: (state,) for state in IN_ORDER}}
"""What ``?state=`` may say: all that wait for somebody, or one state; the pressing ones first."""
MENDED_IN_THE_MAPPING = (
    "not_added",
    "paused",
    "nothing_mapped",
    "nothing_to_post",
    "required_property_missing",
    "values_refused",
    "record_refused",
)
MENDED_AT_HUBSPOT = ("access_lost", "access_expired", "not_connected", "permission_missing", "secret_unreadable")


@pages.get("/teams/<team_slug>/deliveries")
@team_page()
def list_deliveries() -> ResponseReturnValue:
    """Newest first, a page at a time; ``state``, ``calendar`` and ``before`` narrow it down."""
    chosen = request.args.get("state", "")
    calendar_id = request.args.get("calendar", type=int)
    calendars = reading_deliveries.list_calendars(g.membership)
    if chosen and chosen not in FILTERS:
        abort(404)
    if calendar_id is not None and calendar_id not in {known for known, _name in calendars}:
        abort(404)
    counts = counting_deliveries.count_by_state(g.membership, calendar_id)
    before = request.args.get("before", type=int)
    listed = reading_deliveries.list_deliveries(g.membership, FILTERS.get(chosen, ()), calendar_id, before)
    return render_template(
        "deliveries/list_deliveries.html",
        listed=listed,
        chosen=chosen,
        before=before,
        calendar_id=calendar_id,
        calendars=calendars,
        total=sum(counts.values()),
        tabs=_tabs(counts, chosen),
    )


@pages.get("/teams/<team_slug>/deliveries/<int:delivery_id>")
@team_page()
def show_delivery(delivery_id: int) -> ResponseReturnValue:
    """What became of one booking, in words, with everything that was tried."""
    delivery = reading_deliveries.find_delivery(g.membership, delivery_id)
    connection = reading_deliveries.connected_account(delivery.team_id)
    return render_template(
        "deliveries/show_delivery.html",
        delivery=delivery,
        booking=delivery.booking,
        calendar=delivery.booking.calendar,
        parts=parts_of(delivery, connection),
        begun_elsewhere=begun_elsewhere(delivery, connection),
        labels=reading_deliveries.property_labels(delivery.calendar_id),
        answers=reading_deliveries.list_answers(delivery.booking),
        can_be_retried=delivery.state in CAN_BE_RETRIED,
        remedy=_remedy(delivery),
        zone=str(get_timezone()),
        wording=wording,
    )


@pages.post("/teams/<team_slug>/deliveries/<int:delivery_id>/retry")
@team_page()
def retry(delivery_id: int) -> ResponseReturnValue:
    """Try again now, wait for what comes of it, and tell."""
    reading_deliveries.find_delivery(g.membership, delivery_id)
    delivery = delivering.retry(delivery_id)
    told = " ".join(filter(None, [wording.explain_state(delivery.state), wording.explain_reason(delivery.reason)]))
    if delivery.state in ("posted", "duplicate"):
        flash(told, "success")
    elif delivery.state == "sending":
        flash(_("HubSync is at it already. Reload the page to see what comes of it."), "info")
    else:
        flash(told, "warning")
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


def _tabs(counts: dict[str, int], chosen: str) -> list[tuple[str, int]]:
    """(filter, count) of those with something in them, and of the chosen one."""
    tabs = [(name, sum(counts.get(state, 0) for state in states)) for name, states in FILTERS.items()]
    return [(name, count) for name, count in tabs if count or name == chosen]


def _remedy(delivery: Delivery) -> tuple[str, str] | None:
    """(address, words) of the page where the reader can do what is missing, if there is one."""
    if delivery.reason in MENDED_IN_THE_MAPPING:
        address = url_for("advanced.show_settings", calendar_id=delivery.calendar_id)
        return address, _("Go to Advanced settings")
    if delivery.reason in MENDED_AT_HUBSPOT and allowed(Action.CONNECT):
        return url_for("hubspot.show_connection"), _("Go to the HubSpot page")
    if delivery.reason == "plan" and allowed(Action.CHANGE_PLAN):
        return url_for("teams.settings"), _("Go to Team Settings")
    return None
