"""Retry of one delivery while its reader waits, and the message that says what came of it."""

from __future__ import annotations

from flask import flash, g
from flask_babel import gettext as _

from hubsync.domain.plans import PREMIUM
from hubsync.services import delivering
from hubsync.web import wording


def retry_and_tell(delivery_id: int) -> None:
    """Try again now, and leave a message for the next page."""
    if g.team.plan != PREMIUM:
        flash(wording.explain_reason("plan"), "warning")
        return
    delivery = delivering.retry(delivery_id)
    told = " ".join(filter(None, [wording.explain_state_of(delivery), wording.explain_delivery(delivery)]))
    if delivery.state in ("posted", "duplicate"):
        flash(told, "success")
    elif delivery.state == "sending":
        flash(_("HubSync is at it already. Reload the page to see what comes of it."), "info")
    else:
        flash(told, "warning")
