"""Limits on completed forms of booking pages, by the network address that sends them and by the page.

They are wide enough for people and narrow for machines. Forty guests behind one address who all book within ten
minutes, each with one correction, are let in. One address alone cannot use up a page's limit, so that nobody
closes a page for others from one place.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy.exc import InterfaceError, OperationalError

from hubsync.config import settings
from hubsync.services.limits import FullLimit, Limit, network_of, take_turns

FROM_ADDRESS_WITHIN = timedelta(minutes=10)
ON_PAGE_WITHIN = timedelta(minutes=1)

log = logging.getLogger(__name__)


def take_turn(slug: str, address: str | None) -> FullLimit | None:
    """Count one more form that came for the page *slug* from a network *address*; else return what is full."""
    limits = [
        Limit(f"network {network_of(address)}", settings().forms_per_address, FROM_ADDRESS_WITHIN),
        Limit(f"page {slug}", settings().forms_per_page, ON_PAGE_WITHIN),
    ]
    limits = [each for each in limits if each.most]
    try:
        return take_turns("completing a booking form", limits) if limits else None
    except (OperationalError, InterfaceError):  # locked, full or gone: whoever keeps the booking says so
        log.warning("A booking form could not be counted just now.")
        return None
