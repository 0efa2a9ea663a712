"""Limits on forms of booking pages: completed ones by network address and by page, moves by the booking.

They are wide enough for people and narrow for machines. Forty guests behind one address who all book within ten
minutes, each with one correction, are let in. One address alone cannot use up a page's limit, so that nobody
closes a page for others from one place. A move mails its host and looks through all free times; whoever has the
link of a booking moves it some times in a row, and not all day long.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import InterfaceError, OperationalError

from hubsync.config import settings
from hubsync.services.limits import FullLimit, Limit, network_of, take_turns

FROM_ADDRESS_WITHIN = timedelta(minutes=10)
ON_PAGE_WITHIN = timedelta(minutes=1)
MOVES_OF_ONE, MOVES_WITHIN = 10, timedelta(minutes=10)

log = logging.getLogger(__name__)


def take_turn(slug: str, address: str | None) -> FullLimit | None:
    """Count one more form that came for the page *slug* from a network *address*; else return what is full."""
    limits = [
        Limit(f"network {network_of(address)}", settings().forms_per_address, FROM_ADDRESS_WITHIN),
        Limit(f"page {slug}", settings().forms_per_page, ON_PAGE_WITHIN),
    ]
    return _count("completing a booking form", [each for each in limits if each.most])


def take_turn_to_move(booking_id: int) -> FullLimit | None:
    """Count one more press that moves the booking; else return the limit, which is full."""
    return _count("moving a booking", [Limit(f"booking {booking_id}", MOVES_OF_ONE, MOVES_WITHIN)])


def _count(purpose: str, limits: Sequence[Limit]) -> FullLimit | None:
    try:
        return take_turns(purpose, limits) if limits else None
    except (OperationalError, InterfaceError):  # locked, full or gone: whoever keeps the booking says so
        log.warning("A booking form could not be counted just now.")
        return None
