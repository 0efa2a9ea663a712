"""Identity of a booking: one for each attendee where an event has seats, for those share the vendor's id."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from hubsync.errors import N_
from hubsync.sources import fields
from hubsync.sources.fields import FieldError

_DIGITS = 16
_LONGEST_UID = 230  # so that there is room for the digits behind it


def uid(sent: Any) -> str:
    """The vendor's id of a booking; raises FieldError."""
    text = fields.identifier(sent)
    if len(text) > _LONGEST_UID:
        raise FieldError(N_("is too long"))
    return text


def has_seats(seats_per_time_slot: Any, seat_id: Any) -> bool:
    """Whether several guests book the same time; the id of a seat is missing at times, the number is not."""
    counted = isinstance(seats_per_time_slot, int | Decimal) and not isinstance(seats_per_time_slot, bool)
    return bool(counted and seats_per_time_slot > 0) or (isinstance(seat_id, str) and bool(seat_id.strip()))


def external_id(booking: str, email: str, seated: bool) -> str:
    """The id of *email*'s *booking*: the vendor's, and with seats a part of the address's hash behind it.

    No address can be read out of it, and everything that the vendor sends of a seat names the address.
    """
    who = email.strip().lower()
    if not seated or not who:
        return booking
    digest = hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
    return f"{booking}:{digest}"


def candidates(booking: str, email: str, *, only_seat: bool = False) -> tuple[str, ...]:
    """The ids that a *booking* may have of which no more than its guest's address is told, or *only_seat*'s."""
    seat = external_id(booking, email, seated=True)
    seats = (seat,) if seat != booking else ()
    return seats if only_seat else (*seats, booking)


def other_id(sent: Any, current: str, email: str, seated: bool) -> str:
    """The id of the booking that *current* was moved from or to; empty where there is none that can be known."""
    try:
        other = uid(sent)
    except FieldError:
        return ""
    return external_id(other, email, seated) if other != current else ""
