"""Signed tokens of a booking's addresses, which nobody can guess; for pages and for mails alike."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeSerializer

from hubsync.config import settings
from hubsync.config.signing import serializer
from hubsync.domain.booking import BookingEvent


def sign_booking(booking_id: int, *, as_sent: bool) -> str:
    """The last part of the address of a booking's confirmation."""
    return _bookings().dumps([booking_id, as_sent])


def read_booking(signed: str) -> tuple[int, bool] | None:
    """The booking's id and whether it was kept as it was sent; None for what we did not sign."""
    try:
        booking_id, as_sent = _bookings().loads(signed)
    except BadData:
        return None
    return booking_id, as_sent


def sign_change(booking_id: int, event: BookingEvent) -> str:
    """The last part of the address where the guest of a booking lets *event*, and nothing else, happen to it."""
    return _changes(event).dumps(booking_id)


def read_change(signed: str, event: BookingEvent) -> int | None:
    """The booking's id; None for what we did not sign, or signed for something else."""
    try:
        booking_id = _changes(event).loads(signed)
    except BadData:
        return None
    return int(booking_id)


def link_to_booking(slug: str, booking_id: int) -> str:
    """The whole address where the guest of a booking made on the page *slug* reads how it stands."""
    return f"{settings().base_url}/book/{slug}/confirmed/{sign_booking(booking_id, as_sent=True)}"


def link_to_change(slug: str, booking_id: int, event: BookingEvent) -> str:
    """The whole address where that guest moves the booking (`BookingEvent.MOVED`), or cancels it."""
    page = "move" if event is BookingEvent.MOVED else "cancel"
    return f"{settings().base_url}/book/{slug}/{page}/{sign_change(booking_id, event)}"


def _bookings() -> URLSafeSerializer:
    return serializer("booking confirmation")


def _changes(event: BookingEvent) -> URLSafeSerializer:
    return serializer(f"booking {event}")
