"""Pages of a source's own list: what is missing of them is taken in, and counted as found once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from hubsync.domain.booking import Booking
from hubsync.errors import BookingErased, BookingNotKept
from hubsync.net.deadline import Deadline
from hubsync.services.bookings.completion import take_in
from hubsync.services.bookings.known_bookings import find_known
from hubsync.services.isolation import origin_of
from hubsync.services.sources.accounts import OpenedAccount
from hubsync.services.sources.intake import prefixed_booking, prefixed_id
from hubsync.sources.client import BookingList
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord

PAGE_SECONDS = 40.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """Where in the list the next page begins, and what is compared; *page_at* is when that was reached."""

    account: OpenedAccount
    prefix: str
    cursor: str
    since: datetime
    until: datetime
    page_at: datetime


def read_page(place: Place) -> tuple[BookingList, int]:
    """The page at *place*, and how many bookings were looked at for it, those that are known included.

    Raises SourceError.
    """
    account = place.account
    looked_at: set[str] = set()

    def is_known(external_id: str) -> bool:
        looked_at.add(external_id)
        return _is_known(place, prefixed_id(external_id, place.prefix))

    deadline = Deadline.after(PAGE_SECONDS)
    page = account.client.list_bookings(
        account.token, account.holder, place.cursor, place.since, place.until, is_known, deadline
    )
    return page, len(looked_at.union(each.external_id for each in page.bookings))


def _is_known(place: Place, external_id: str) -> bool:
    """Whether nothing need be asked: the booking came, or was found on another page."""
    try:
        delivery = find_known(db.session(), place.account.team_id, place.account.source, [external_id]).find(
            external_id
        )
        return delivery is not None and not _was_found(delivery.booking, place)
    except BookingErased:
        return True
    finally:
        end_read()


def _was_found(booking: BookingRecord, place: Place) -> bool:
    return booking.by_comparison and booking.created_at >= place.page_at


def take_page_in(place: Place, page: BookingList) -> int:
    """Take in what is missing; how many bookings of the page this comparison has found, now or before a kill.

    They are posted by the background. Raises BookingNotKept.
    """
    found = {_take_in(place, prefixed_booking(each, place.prefix)) for each in page.bookings}
    end_read()
    return len(found - {None})


def _take_in(place: Place, booking: Booking) -> int | None:
    """The id of the booking, if this comparison has found it.

    One that a bug keeps out does not keep out those that stand behind it in the list.
    """
    try:
        delivery = take_in(place.account.team_id, booking, at_most_seconds=0, by_comparison=True).delivery
        return delivery.booking_id if _was_found(delivery.booking, place) else None
    except BookingErased:
        return None
    except BookingNotKept:
        raise
    except Exception as mistake:
        log.error("a booking of a source's list could not be taken in: %s\n%s", *origin_of(mistake))
        db.session.rollback()
        return None
