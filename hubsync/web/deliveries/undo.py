"""Pages of undoing a delivery, and of posting it again: each says first what it will do, and asks."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.domain.plans import posts
from hubsync.domain.reasons import Reason
from hubsync.domain.undoing import DONE, TO_DO, UNSETTLED
from hubsync.errors import HubSyncError, WatchOnly
from hubsync.services.deliveries import queries, undoing
from hubsync.services.deliveries.posting_again import can_be_posted_again, post_again
from hubsync.services.deliveries.undo_plan import made_by, plan
from hubsync.store import end_read
from hubsync.store.connections import connection_of
from hubsync.store.deliveries import Delivery
from hubsync.store.undoings import Undoing
from hubsync.web.deliveries.filters import pages
from hubsync.web.deliveries.retry_message import tell
from hubsync.web.deliveries.undo_text import planned_line, undone_line
from hubsync.web.shell import reasons
from hubsync.web.shell.guards import team_page
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.unposted import watches_only

ONE = "/teams/<team_slug>/deliveries/<int:delivery_id>"


@pages.get(f"{ONE}/undo")
@team_page()
def ask_undoing(delivery_id: int) -> ResponseReturnValue:
    """What undoing would do to each record, as HubSpot has it now."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    made, known = made_by(delivery), undoing.read_undoing(delivery_id)
    settled = (
        {(part.part, part.place) for part in known.parts if part.fate in DONE} if known is not None else set()
    )
    if not made.things or (known is not None and undoing.is_under_way(known)):
        return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))
    connection, labels = connection_of(delivery.team_id), queries.property_labels(delivery.calendar_id)
    end_read()
    code, planned = "", []
    try:
        planned = [each for each in plan(made) if each[0].key not in settled]
    except HubSyncError as fault:
        code = fault.code
    return render_template(
        "deliveries/undo.html",
        delivery=delivery,
        parts=[planned_line(delivery, connection, labels, *each) for each in planned],
        archives=any(verdict.fate in TO_DO for _thing, verdict in planned),
        fault=code,
        wording=reasons,
    )


@pages.post(f"{ONE}/undo")
@team_page()
def undo_delivery(delivery_id: int) -> ResponseReturnValue:
    """Undo it, wait for what comes of it, and tell."""
    queries.find_delivery(g.membership, delivery_id)
    try:
        begun = undoing.undo(delivery_id, g.person.id)
    except HubSyncError as fault:
        flash(reasons.explain_reason(fault.code), "warning")
        return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))
    if not begun:
        flash(_("Nothing was done: somebody else is at it, or there is nothing to undo."), "warning")
    else:
        _tell(undoing.read_undoing(delivery_id))
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id, _anchor="undone"))


@pages.get(f"{ONE}/post-again")
@team_page()
def ask_posting_again(delivery_id: int) -> ResponseReturnValue:
    """What posting it again would do."""
    delivery = queries.find_delivery(g.membership, delivery_id)
    if not can_be_posted_again(undoing.read_undoing(delivery_id)) or watches_only():
        return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))
    return render_template(
        "deliveries/post_again.html", delivery=delivery, connection=connection_of(delivery.team_id)
    )


@pages.post(f"{ONE}/post-again")
@team_page()
def post_undone_again(delivery_id: int) -> ResponseReturnValue:
    """Post it again now, wait for what comes of it, and tell."""
    queries.find_delivery(g.membership, delivery_id)
    if not posts(g.team.plan):
        flash(reasons.explain_reason(Reason.PLAN), "warning")
    elif watches_only():
        flash(reasons.explain_reason(WatchOnly.code), "warning")
    else:
        tell(post_again(delivery_id, g.person.id))
    return redirect(url_for("deliveries.show_delivery", delivery_id=delivery_id))


def undoing_facts(delivery: Delivery, known: Undoing | None) -> dict[str, Any]:
    """What the delivery's page says of undoing it."""
    under_way = known is not None and undoing.is_under_way(known)
    fates = [part.fate for part in known.parts] if known is not None else []
    unsettled = any(fate in UNSETTLED for fate in fates)
    lines: list[RecordLine] = []
    if known is not None:
        connection, labels = connection_of(delivery.team_id), queries.property_labels(delivery.calendar_id)
        lines = [undone_line(delivery, connection, labels, part, under_way=under_way) for part in known.parts]
    left = known is None or (not unsettled and not all(fate in DONE for fate in fates))
    return {
        "undoing": known,
        "undone": lines,
        "undoing_interrupted": known is not None and known.finished_at is None and not under_way,
        "undoing_unsettled": unsettled and not under_way,
        "can_be_undone": bool(made_by(delivery).things) and left and not under_way,
        "can_be_posted_again": can_be_posted_again(known) and posts(g.team.plan) and not watches_only(),
    }


def _tell(known: Undoing | None) -> None:
    fates = [part.fate for part in known.parts] if known is not None else []
    if any(fate in UNSETTLED for fate in fates):
        flash(_("Not all of it could be undone. What became of each record stands below."), "warning")
    elif any(fate in TO_DO for fate in fates):
        flash(_("It is undone. What became of each record stands below."), "success")
    else:
        flash(_("Everything stays as it is in HubSpot. Why stands below."), "info")
