"""Booking out of a payload: whose it is among the attendees, and what of it is said in several places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.errors import N_
from hubsync.sources import fields
from hubsync.sources.answers import LONGEST_GUEST, read_guest
from hubsync.sources.calcom.identity import external_id, has_seats, other_id
from hubsync.sources.calcom.payload import BookingBody, BookingPayload
from hubsync.sources.calcom.responses import LONGEST_REASON, PHONE, Responses, read_responses
from hubsync.sources.fields import FieldError
from hubsync.sources.source import Several, check_number
from hubsync.sources.texts import take_text, text_of
from hubsync.sources.times import read_end, read_occurrence

NAME = "calcom"

_MADE_UP = "@sms.cal.com"
"""End of the addresses that Cal.com makes up for guests who gave a phone number alone."""
_LONGEST_NAME = 1_000
_LONGEST_PLACE = 1_000
_KINDS_OF_PLACE = frozenset(
    {"inPerson", "attendeeInPerson", "phone", "userPhone", "link", "somewhereElse", "conferencing"}
)


@dataclass(frozen=True, slots=True)
class Booker:
    """The guest whose booking it is; *address* is the e-mail address as it was sent, made up or not."""

    name: Any = field(default=None, repr=False)
    address: str = field(default="", repr=False)
    timezone: Any = None
    locale: Any = None

    @property
    def email(self) -> str:
        """The address, unless it is one that Cal.com made up."""
        return "" if self.address.strip().lower().endswith(_MADE_UP) else self.address


def make_bookings(body: BookingBody, event: BookingEvent) -> Booking | Several:
    """The booking in *body*, of which *event* is told, or those of all seats where it is told of the whole time.

    Raises FieldError, and BodyUnreadable for more seats than one webhook may tell of.
    """
    payload = body.payload
    if not _is_of_all_seats(payload, event):
        return make_booking(body, event)
    check_number(_people(payload.attendees), "payload.attendees")
    each_seat = [
        make_booking(_of_attendee(body, each), event, one_of_several=True) for each in _people(payload.attendees)
    ]
    told = {each.external_id: each for each in each_seat}
    return Several(tuple(told.values())) if len(told) > 1 else each_seat[0]


def make_booking(
    body: BookingBody, event: BookingEvent, *, one_of_several: bool = False, moved_to: Any = None
) -> Booking:
    """The booking in *body*, of which *event* is told; answers of other guests are none of *one_of_several*.

    *moved_to* is the vendor's id of the booking that has taken its place. Raises FieldError.
    """
    payload = body.payload
    seated = has_seats(payload.seatsPerTimeSlot, payload.attendeeSeatId)
    booker, responses = _find_booker(payload, one_of_several)
    organizer = _object(payload.organizer)
    guest, of_guest = read_guest({"name": booker.name, "email": booker.email, "timezone": booker.timezone})
    zone = guest.timezone or fields.time_zone(organizer.get("timeZone"))
    starts_at = fields.place_in_time(payload.startTime, zone, "payload.startTime")
    ends_at, of_end = read_end(payload.endTime, starts_at, zone, "payload.endTime")
    occurred_at, of_occurrence = read_occurrence(body.createdAt, "UTC", "createdAt")
    moved = event is BookingEvent.MOVED
    return Booking(
        source=NAME,
        external_id=external_id(payload.uid, booker.address, seated),
        calendar_external_id=_calendar(payload),
        calendar_name=_text(payload.eventTitle, _LONGEST_NAME) or _text(payload.type, _LONGEST_NAME),
        guest=guest,
        starts_at=starts_at,
        ends_at=ends_at,
        answers=responses.answers,
        url_params=responses.url_params,
        host=_text(organizer.get("name"), _LONGEST_NAME) or _text(organizer.get("email"), _LONGEST_NAME),
        host_email=_text(organizer.get("email"), LONGEST_GUEST),
        notes=(*of_guest, *of_end, *of_occurrence, *responses.notes),
        event=event,
        occurred_at=occurred_at,
        replaces=other_id(payload.rescheduleUid, payload.uid, booker.address, seated) if moved else "",
        replaced_by=other_id(moved_to, payload.uid, booker.address, seated),
        reason=responses.reason if moved else _text(payload.cancellationReason, LONGEST_REASON),
        location=_place(payload, responses),
        locale=fields.language_tag(booker.locale),
    )


def _is_of_all_seats(payload: BookingPayload, event: BookingEvent) -> bool:
    """Whether all attendees are concerned: those who cancel are the only ones, and only a host moves several."""
    if not has_seats(payload.seatsPerTimeSlot, payload.attendeeSeatId) or not _people(payload.attendees):
        return False
    if event is BookingEvent.MOVED:
        by_host = _text(payload.rescheduledBy, LONGEST_GUEST).lower()
        keeps_id = payload.rescheduleUid == payload.uid
        return keeps_id or by_host == _address(_object(payload.organizer)).lower() != ""
    return event is BookingEvent.CANCELLED


def _of_attendee(body: BookingBody, attendee: Mapping[str, Any]) -> BookingBody:
    return body.model_copy(update={"payload": body.payload.model_copy(update={"attendees": [attendee]})})


def _find_booker(payload: BookingPayload, one_of_several: bool) -> tuple[Booker, Responses]:
    """Whose booking it is, with the answers that are this guest's.

    That is the attendee whose address was typed, else the first one, for those who come along stand behind. Of
    *one_of_several* the answers may be another guest's.
    """
    responses = read_responses(payload.responses)
    typed = _text(responses.email, LONGEST_GUEST)
    people = _people(payload.attendees)
    same = (each for each in people if typed and _address(each).lower() == typed.lower())
    attendee = next(same, None)
    if attendee is None and one_of_several and typed and people:
        responses, typed = Responses(), ""
    attendee = attendee or next(iter(people), {})
    if not any(each.key == PHONE for each in responses.answers):
        responses = responses.with_phone(attendee.get("phoneNumber"))
    return Booker(
        name=responses.name or attendee.get("name"),
        address=typed or _address(attendee),
        timezone=attendee.get("timeZone"),
        locale=_object(attendee.get("language")).get("locale"),
    ), responses


def _people(sent: Any) -> list[Mapping[str, Any]]:
    return [each for each in sent if isinstance(each, Mapping)] if isinstance(sent, list) else []


def _address(attendee: Mapping[str, Any]) -> str:
    return _text(attendee.get("email"), LONGEST_GUEST)


def _calendar(payload: BookingPayload) -> str:
    """The event type's id; its name in the address where an event has no type of its own."""
    sent = payload.type if payload.eventTypeId is None else payload.eventTypeId
    if sent is None:
        raise FieldError(N_("is missing"), place="payload.eventTypeId")
    try:
        return fields.identifier(sent)
    except FieldError as fault:
        raise FieldError(fault.reason, place="payload.eventTypeId") from None


def _place(payload: BookingPayload, responses: Responses) -> str:
    """Where they meet: the video link, else the address or number that was agreed on, not the bare kind of it."""
    chosen = _object(responses.place)
    said = (
        _object(payload.metadata).get("videoCallUrl"),
        _object(payload.videoCallData).get("url"),
        payload.location,
        chosen.get("optionValue"),
        chosen.get("value"),
    )
    places = (_text(each, _LONGEST_PLACE) for each in said if isinstance(each, str))
    return next((each for each in places if each and not _is_kind_of_place(each)), "")


def _is_kind_of_place(text: str) -> bool:
    return text.startswith("integrations:") or text in _KINDS_OF_PLACE


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any, longest: int) -> str:
    return text_of(take_text(value, longest))
