"""Reader of what Cal.com and Cal.diy send; README.md describes the format and its traps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubsync.domain.booking import BookingChange, BookingEvent
from hubsync.errors import N_, BodyUnreadable
from hubsync.sources.calcom.booking import NAME, make_bookings
from hubsync.sources.calcom.identity import candidates
from hubsync.sources.calcom.payload import REASONS, Body, BookingBody, NoShowAttendee, NoShowBody
from hubsync.sources.schema import Faults, read_strictly
from hubsync.sources.source import UNKNOWN_EVENT, Ignored, Said, Several, check_number
from hubsync.sources.strict_json import load_json
from hubsync.sources.times import read_occurrence

CREATED = "BOOKING_CREATED"
EVENTS = (CREATED, "BOOKING_PAID", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_NO_SHOW_UPDATED")

_TEMPLATE = (
    "payloadTemplate",
    N_("is set in the webhook at Cal.com: take the custom payload template away, so that whole bookings are sent"),
)
_TEST = Ignored(N_("Cal.com tries the connection out: it works. No booking is in it."), is_test=True)
_TO_BE_CONFIRMED = Ignored(N_("This booking waits to be confirmed: it counts as soon as Cal.com says that it is."))
_NEW_TIME_WANTED = Ignored(N_("The guest was asked to choose another time: the booking stays until that comes."))
_NOBODY = Ignored(N_("It names no guest."))
_LEFT_ALONE = {
    "PING": _TEST,
    "BOOKING_REQUESTED": _TO_BE_CONFIRMED,
    "BOOKING_PAYMENT_INITIATED": Ignored(N_("This booking waits for its payment.")),
    "BOOKING_REJECTED": Ignored(N_("The host declined this booking.")),
}
_NOT_CONFIRMED = frozenset({"PENDING", "AWAITING_HOST", "REJECTED", "CANCELLED"})


def parse(raw: bytes) -> Any:
    """The JSON in *raw*, however it is labelled; what is none was made by somebody's own template."""
    try:
        return load_json(raw)
    except BodyUnreadable as unreadable:
        faults = (*unreadable.faults, _TEMPLATE)
    raise BodyUnreadable(faults=faults)


def read(sent: Any) -> Said:
    """What the JSON of a verified body says; raises BodyUnreadable, whose faults name places, never values.

    Triggers that nobody knows are ignored, and so are the fields. Of what is known, only that is insisted on by
    which a booking is known again and when it begins.
    """
    return read_strictly(lambda: _read_trigger(sent), REASONS, _name_template)


def _read_trigger(sent: Any) -> Said:
    body = Body.model_validate(sent)
    reader = _READERS.get(body.triggerEvent)
    return reader(sent) if reader is not None else _LEFT_ALONE.get(body.triggerEvent, UNKNOWN_EVENT)


def _name_template(faults: Faults) -> Faults:
    """A template of somebody's own leaves out what everything that Cal.com makes itself has."""
    missing = {place for place, _ in faults} & {"body", "triggerEvent", "payload"}
    return (*faults, _TEMPLATE) if missing else faults


def _read_created(sent: Any) -> Said:
    """A booking that is confirmed; it takes the place of another one where it names it."""
    body = BookingBody.model_validate(sent)
    if _status(body) in _NOT_CONFIRMED:
        return _TO_BE_CONFIRMED
    event = BookingEvent.MOVED if body.payload.rescheduleUid else BookingEvent.COMPLETED
    return make_bookings(body, event)


def _read_paid(sent: Any) -> Said:
    """As good as created, and in either order with it; a payment alone confirms nothing."""
    body = BookingBody.model_validate(sent)
    return _read_created(sent) if _status(body) == "ACCEPTED" else _TO_BE_CONFIRMED


def _read_moved(sent: Any) -> Said:
    body = BookingBody.model_validate(sent)
    return _TO_BE_CONFIRMED if _status(body) in _NOT_CONFIRMED else make_bookings(body, BookingEvent.MOVED)


def _read_cancelled(sent: Any) -> Said:
    body = BookingBody.model_validate(sent)
    if body.payload.requestReschedule is True:
        return _NEW_TIME_WANTED
    return make_bookings(body, BookingEvent.CANCELLED)


def _read_no_show(sent: Any) -> Said:
    """One change for each attendee; behind the first are seats, or people who came along and have no booking."""
    body = NoShowBody.model_validate(sent)
    check_number(body.payload.attendees, "payload.attendees")
    occurred_at, _ = read_occurrence(body.createdAt, "UTC", "createdAt")
    told = [
        BookingChange(
            source=NAME,
            external_ids=ids,
            event=BookingEvent.NO_SHOW if each.noShow else BookingEvent.SHOWED,
            occurred_at=occurred_at,
        )
        for index, each in enumerate(body.payload.attendees)
        if (ids := candidates(body.payload.bookingUid, _address(each), only_seat=index > 0))
    ]
    if len(told) > 1:
        return Several(tuple(told))
    return told[0] if told else _NOBODY


def _address(attendee: NoShowAttendee) -> str:
    return attendee.email if isinstance(attendee.email, str) else ""


def _status(body: BookingBody) -> str:
    return body.payload.status.strip().upper() if isinstance(body.payload.status, str) else ""


_READERS: dict[str, Callable[[Any], Said]] = {
    CREATED: _read_created,
    "BOOKING_PAID": _read_paid,
    "BOOKING_RESCHEDULED": _read_moved,
    "BOOKING_CANCELLED": _read_cancelled,
    "BOOKING_NO_SHOW_UPDATED": _read_no_show,
}
