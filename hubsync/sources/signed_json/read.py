"""Reader of signed JSON into what it says of a booking; README.md describes the format."""

from __future__ import annotations

from typing import Any

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.domain.notes import Note
from hubsync.sources import fields
from hubsync.sources.answers import read_answers, read_guest, read_url_params
from hubsync.sources.other_bookings import read_other_id
from hubsync.sources.schema import Faults, Identifier, Moment, Part, read_strictly
from hubsync.sources.signed_json.envelope import open_envelope
from hubsync.sources.signed_json.proof import message_id
from hubsync.sources.source import UNKNOWN_EVENT, Ignored, Webhook
from hubsync.sources.texts import take_text, text_of
from hubsync.sources.times import read_end, read_occurrence

NAME = "signed_json"
EVENTS = {
    "booking.completed": BookingEvent.COMPLETED,
    "booking.moved": BookingEvent.MOVED,
    "booking.cancelled": BookingEvent.CANCELLED,
    "booking.no_show": BookingEvent.NO_SHOW,
}

_SAID_BRIEFLY = ("booking.cancelled", "booking.no_show")
_LONGEST = {"calendar.name": 1_000, "host": 320, "location": 1_000, "reason": 2_000}


class _Change(Part):
    """What is read strictly of a change that names a booking and does not repeat it."""

    id: Identifier
    event: str
    replaces: Any = None
    occurred_at: Any = None
    reason: Any = None


class _Calendar(Part):
    id: Identifier
    name: Any = None


class _Body(_Change):
    """What a booking is known by and when it starts is read strictly, everything else as far as it goes."""

    calendar: _Calendar
    start: Moment
    end: Any = None
    guest: Any = None
    answers: Any = None
    url_params: Any = None
    host: Any = None
    location: Any = None
    locale: Any = None


def read_with(sent: Any, webhook: Webhook) -> Booking | BookingChange | Ignored:
    """What the JSON of a verified body says; *webhook* may name the message."""
    return read(sent, message_id(webhook))


def read(sent: Any, named: str = "") -> Booking | BookingChange | Ignored:
    """What the JSON of a verified body says; raises BodyUnreadable, whose faults name places, never values.

    Fields that nobody knows are ignored, and so is an event that nobody knows. A body without an id has that of
    its message, *named*. A start without an offset is read in the guest's time zone, and refused when there is
    none. Whatever else cannot be read is omitted and noted on the booking.
    """
    opened = open_envelope(sent, named)
    body = opened.body if isinstance(opened.body, dict) else {}
    event = body.get("event")
    if isinstance(event, str) and event not in EVENTS:
        return UNKNOWN_EVENT
    is_brief = event in _SAID_BRIEFLY and (body.get("calendar") is None or body.get("start") is None)

    def read_message() -> Booking | BookingChange:
        return _change(_Change.model_validate(body)) if is_brief else _booking(_Body.model_validate(opened.body))

    def restated(faults: Faults) -> Faults:
        return tuple((opened.place_of(place), reason) for place, reason in faults)

    return read_strictly(read_message, restated=restated)


def _change(body: _Change) -> BookingChange:
    occurred_at, _ = read_occurrence(body.occurred_at, "", "occurred_at")
    former, _ = read_other_id(body.replaces, body.id, "replaces")
    reason, _ = _text(body.reason, "reason")
    ids = (body.id, former) if former else (body.id,)
    return BookingChange(NAME, ids, EVENTS[body.event], occurred_at, reason)


def _booking(body: _Body) -> Booking:
    """The booking; raises FieldError for a start that cannot be placed in time."""
    guest, notes = read_guest(body.guest)
    starts_at = fields.place_in_time(body.start, guest.timezone, "start")
    ends_at, of_end = read_end(body.end, starts_at, guest.timezone)
    answers, of_answers = read_answers(body.answers, keyed=True)
    url_params, of_params = read_url_params(body.url_params)
    occurred_at, of_moment = read_occurrence(body.occurred_at, guest.timezone, "occurred_at")
    former, of_former = read_other_id(body.replaces, body.id, "replaces")
    name, of_name = _text(body.calendar.name, "calendar.name")
    host, of_host = _text(body.host, "host")
    location, of_location = _text(body.location, "location")
    reason, of_reason = _text(body.reason, "reason")
    return Booking(
        source=NAME,
        external_id=body.id,
        calendar_external_id=body.calendar.id,
        calendar_name=name,
        guest=guest,
        starts_at=starts_at,
        ends_at=ends_at,
        answers=answers,
        url_params=url_params,
        host=host,
        notes=(
            *(*notes, *of_end, *of_answers, *of_params, *of_name, *of_host),
            *(*of_location, *of_reason, *of_moment, *of_former),
        ),
        event=EVENTS[body.event],
        occurred_at=occurred_at,
        replaces=former,
        reason=reason,
        location=location,
        locale=fields.language_tag(body.locale),
    )


def _text(sent: Any, place: str) -> tuple[str, list[Note]]:
    taken = take_text(sent, _LONGEST[place])
    note = taken.note(place)
    return text_of(taken), [] if note is None else [note]
