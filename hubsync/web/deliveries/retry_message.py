"""Retry of one delivery while its reader waits, and the message about its result."""

from __future__ import annotations

from flask import flash, g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.plans import posts
from hubsync.domain.reasons import Reason
from hubsync.errors import WatchOnly
from hubsync.phrases import sentences
from hubsync.services.deliveries import dispatch
from hubsync.store.connections import Connection, connection_of
from hubsync.store.deliveries import Delivery
from hubsync.web.shell import reasons

NOT_BEFORE_LIVE = _l("Nothing was posted: HubSync watches only. Once the team has gone live, Retry posts it.")


def retry_and_tell(delivery_id: int) -> None:
    """Try again now, and leave a message for the next page."""
    if not posts(g.team.plan):
        flash(reasons.explain_reason(Reason.PLAN), "warning")
        return
    if waits_for_going_live(dispatch.read_delivery(delivery_id), connection_of(g.team.id)):
        flash(str(NOT_BEFORE_LIVE), "warning")
        return
    tell(dispatch.retry(delivery_id))


def waits_for_going_live(delivery: Delivery, connection: Connection | None) -> bool:
    """Whether Retry can do nothing for *delivery* because the team watches only."""
    return delivery.reason == WatchOnly.code and connection is not None and connection.watching_since is not None


def tell(delivery: Delivery) -> None:
    """Leave a message of what came of the delivery for the next page."""
    message = sentences(reasons.explain_state_of(delivery), reasons.explain_delivery(delivery))
    if delivery.state in (DeliveryState.POSTED, DeliveryState.DUPLICATE):
        flash(message, "success")
    elif delivery.state == DeliveryState.SENDING:
        flash(_("HubSync is at it already. Reload the page to see what comes of it."), "info")
    else:
        flash(message, "warning")
