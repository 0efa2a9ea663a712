"""Texts about held-back bookings: by plan, mapping, a pause or lost access, and what has changed since."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from flask_babel import lazy_gettext as _l

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import MappingState
from hubsync.domain.reasons import Reason
from hubsync.errors import ACCESS_GONE, NotConnected
from hubsync.phrases import sentences
from hubsync.services.connection.blockers import find_access_blocker, find_posting_blocker
from hubsync.services.mapping.storage import load_mapping
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.web.calendars.text import hubspot_state
from hubsync.web.shell.reasons import advise

THEN = {
    Reason.PLAN: _l("When this booking came in, the team did not have the Premium Plan."),
    Reason.NOT_ADDED: _l("When this booking came in, HubSpot was not added to its calendar."),
    Reason.PAUSED: _l("When this booking came in, HubSpot was paused for its calendar."),
    "not_connected": _l("When this booking was to be posted, the team was not connected to HubSpot."),
    "access_lost": _l("When this booking was to be posted, access to HubSpot was lost."),
    "idle_expired": _l("When this booking was to be posted, access to HubSpot had expired."),
}
NOW = {
    "": _l("That has changed since: press Retry to post it."),
    Reason.PLAN: _l("Now the team does not have the Premium Plan."),
    Reason.NOT_ADDED: _l("Now HubSpot is not added to its calendar."),
    Reason.PAUSED: _l("Now HubSpot is paused for its calendar."),
    "not_connected": _l(
        "That has changed since, but HubSpot is not connected. Once it is, press Retry to post it."
    ),
}
HELD_BACK_STATES = (DeliveryState.SKIPPED, DeliveryState.WAITING, DeliveryState.PARTIAL)


@dataclass(frozen=True)
class ChangeSince:
    """What has changed since a booking was kept back, in a *sentence*; *code* is what is in the way by now."""

    sentence: str
    code: str


def tell_since(delivery: Delivery, connection: Connection | None) -> ChangeSince | None:
    """What became of the reason why *delivery* was kept back; None where that reason is unchanged."""
    if delivery.reason not in THEN or delivery.state not in HELD_BACK_STATES:
        return None
    code = _in_the_way(delivery.calendar_id, connection)
    if code == delivery.reason:
        return None
    # Without the plan nobody can connect; everything else comes after access.
    if delivery.reason in ACCESS_GONE and find_access_blocker(connection) and code != Reason.PLAN:
        return None
    then, now = str(THEN[delivery.reason]), str(NOW[code])
    advice = "" if code in ACCESS_GONE else advise(code)
    return ChangeSince(sentences(then, now, advice), code)


def _in_the_way(calendar_id: int, connection: Connection | None) -> str:
    """The code of what would keep the booking back if it came now; empty for nothing."""
    blocker = find_posting_blocker(g.team, connection)
    if blocker == Reason.PLAN:
        return Reason.PLAN
    state = hubspot_state(load_mapping(calendar_id))
    if state != MappingState.ACTIVE:
        return Reason.PAUSED if state == MappingState.PAUSED else Reason.NOT_ADDED
    return NotConnected.code if blocker else ""
