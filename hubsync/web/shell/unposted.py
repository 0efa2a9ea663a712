"""Bookings that are not posted: those that came before posting was set up, and all while a team watches only."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, url_for
from flask_babel import ngettext
from markupsafe import Markup

from hubsync.domain.delivery_states import DeliveryState
from hubsync.services.deliveries import statistics
from hubsync.store.connections import connection_of


def watches_only() -> bool:
    """Whether nothing of this team is posted, because it watches only."""
    connection = connection_of(g.team.id)
    return connection is not None and connection.watching_since is not None


def tell_before(
    calendar_id: int | None, states: Sequence[str] = (DeliveryState.SKIPPED, DeliveryState.WAITING)
) -> Markup:
    """How many bookings came before there was posting, with the way to them; empty without any.

    They are those of one calendar, or all that the reader sees, in one of *states*. Nothing is told of them while
    the team watches only: then Retry posts nothing.
    """
    if watches_only():
        return Markup("")
    counts = statistics.count_by_state(g.membership, calendar_id)
    present = [state for state in states if counts.get(state)]
    number = sum(counts[state] for state in present)
    if not number:
        return Markup("")
    message = ngettext(
        "%(num)s booking came before and was not posted.",
        "%(num)s bookings came before and were not posted.",
        number,
    )
    link = ngettext(
        "Show it in Deliveries, where Retry posts it",
        "Show them in Deliveries, where Retry posts them",
        number,
    )
    state = present[0] if len(present) == 1 else None
    address = url_for("deliveries.list_deliveries", state=state, calendar=calendar_id)
    return Markup('{} <a href="{}">{}</a>').format(message, address, link)
