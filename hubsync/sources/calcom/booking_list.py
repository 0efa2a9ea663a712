"""Bookings of the API's list, made the same as those of webhooks: each is written as a webhook would write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.sources.calcom.booking import make_booking
from hubsync.sources.calcom.payload import BookingBody
from hubsync.sources.calcom.responses import LONGEST_REASON
from hubsync.sources.fields import FieldError
from hubsync.sources.texts import take_text, text_of
from hubsync.sources.times import read_occurrence

_CONFIRMED, _CANCELLED = "accepted", "cancelled"


def bookings_in(items: list[Any], account: str, since: datetime, until: datetime) -> Iterator[Booking]:
    """The bookings among *items*, cancelled ones too, that *account* hosts and that start from *since* to *until*.

    The list also has those that the account's holder made with others, as their guest. One that cannot be read
    is left out, so that it does not stand in the way of the others.
    """
    for item in items:
        if not isinstance(item, Mapping) or not _is_hosted_by(item, account):
            continue
        if item.get("status") not in (_CONFIRMED, _CANCELLED):
            continue
        for payload in _payloads(item):
            try:
                booking = _booking(item, payload)
            except (ValidationError, FieldError):
                continue
            if booking.starts_at is not None and since <= booking.starts_at <= until:
                yield booking


def _booking(item: Mapping[str, Any], payload: Mapping[str, Any]) -> Booking:
    """The booking of a *payload* as the *item* says it is now; raises ValidationError or FieldError.

    What was cancelled because another one took its place is the former side of a move. The list does not say when
    something was cancelled: that is when it was last changed.
    """
    sent = {"triggerEvent": "", "createdAt": item.get("createdAt"), "payload": payload}
    event = BookingEvent.MOVED if item.get("rescheduledFromUid") else BookingEvent.COMPLETED
    is_cancelled = item.get("status") == _CANCELLED
    moved_to = item.get("rescheduledToUid") if is_cancelled else None  # a seat may be moved away from the others
    booking = make_booking(BookingBody.model_validate(sent), event, moved_to=moved_to)
    if not is_cancelled:
        return booking
    if booking.replaced_by:  # says nothing of since when the new time counts
        return replace(booking, event=BookingEvent.MOVED, occurred_at=None)
    cancelled_at, _ = read_occurrence(item.get("updatedAt"), "UTC", "updatedAt")
    reason = text_of(take_text(item.get("cancellationReason"), LONGEST_REASON))
    return replace(booking, event=BookingEvent.CANCELLED, occurred_at=cancelled_at, reason=reason)


def _is_hosted_by(item: Mapping[str, Any], account: str) -> bool:
    hosts = _objects(item.get("hosts"))
    return not hosts or any(str(each.get("id")) == account for each in hosts)


def _payloads(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What webhooks would say of it: one for each seat, else one."""
    event_type = next(iter(_objects([item.get("eventType")])), {})
    common = {
        "uid": item.get("uid"),
        "startTime": item.get("start"),
        "endTime": item.get("end"),
        "eventTypeId": item.get("eventTypeId") or event_type.get("id"),
        "type": event_type.get("slug"),
        "organizer": next(iter(_objects(item.get("hosts"))), None),
        "location": item.get("location"),
        "metadata": {"videoCallUrl": item.get("meetingUrl")},
        "rescheduleUid": item.get("rescheduledFromUid"),
    }
    attendees = _objects(item.get("attendees"))
    seats = [each for each in attendees if each.get("seatUid")]
    if not seats:
        responses = _responses(item.get("bookingFieldsResponses"))
        return [{**common, "attendees": [_attendee(each) for each in attendees], "responses": responses}]
    return [
        {
            **common,
            "attendees": [_attendee(each)],
            "responses": _responses(each.get("bookingFieldsResponses")),
            "attendeeSeatId": each["seatUid"],
        }
        for each in seats
    ]


def _attendee(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {**sent, "language": {"locale": sent.get("language")}}


def _responses(sent: Any) -> dict[str, Any]:
    """Slug to value, as slug to an object with it."""
    return {slug: {"value": value} for slug, value in sent.items()} if isinstance(sent, Mapping) else {}


def _objects(sent: Any) -> list[Mapping[str, Any]]:
    return [each for each in sent if isinstance(each, Mapping)] if isinstance(sent, list) else []
