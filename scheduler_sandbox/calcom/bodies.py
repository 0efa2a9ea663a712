"""Bodies of Cal.com's stand-in, as the triggers have them: they differ in labels, spellings of times and shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scheduler_sandbox.calcom.entities import ACCEPTED, CANCELLED, PENDING, REJECTED, Booking, Guest, User

_SYSTEM = {
    "name": "your_name",
    "email": "email_address",
    "attendeePhoneNumber": "phone_number",
    "location": "location",
    "title": "what_is_this_meeting_about",
    "notes": "additional_notes",
    "guests": "additional_guests",
    "rescheduleReason": "reason_for_reschedule",
}
_SHOWN = ("name", "email", "location", "notes", "guests", "rescheduleReason")
_TERSE = ("BOOKING_CANCELLED", "BOOKING_REJECTED")
_STATUS = {ACCEPTED: "ACCEPTED", PENDING: "PENDING", REJECTED: "REJECTED", CANCELLED: "CANCELLED"}


def booking(trigger: str, booked: Booking, answering: Guest, at: datetime) -> dict[str, Any]:
    """What *trigger* says of a booking: all of it. *answering* is the guest whose answers are in it."""
    event_type, terse = booked.event_type, trigger in _TERSE
    payload = {
        "bookerUrl": "https://cal.aoba-design.example",
        "type": event_type.slug,
        "title": f"{event_type.title} between {booked.host.name} and {answering.name}",
        "startTime": _time(booked.starts_at, terse),
        "endTime": _time(booked.ends_at, terse),
        "organizer": _organizer(booked.host, trigger),
        "responses": _responses(booked, answering, terse),
        "userFieldsResponses": {},
        "attendees": _attendees(booked, answering, terse),
        "location": "integrations:daily",
        "destinationCalendar": [] if terse else None,
        "seatsPerTimeSlot": event_type.seats or None,
        "recurringEvent": {"freq": 2, "count": event_type.times, "interval": 1} if booked.series else None,
        "uid": booked.uid,
        "bookingId": booked.id,
        "eventTypeId": event_type.id,
        "eventTitle": event_type.title,
        "requiresConfirmation": event_type.needs_confirmation,
        "price": None if terse else event_type.price,
        "currency": "usd",
        "length": event_type.minutes,
        "status": _STATUS[booked.status],
        "videoCallData": None,
        "metadata": {"videoCallUrl": booked.video} if booked.status == ACCEPTED else {},
    }
    return _envelope(trigger, at, payload | _of_trigger(trigger, booked, answering))


def _of_trigger(trigger: str, booked: Booking, answering: Guest) -> dict[str, Any]:
    """What only some triggers have."""
    more: dict[str, Any] = {"attendeeSeatId": answering.seat_id} if answering.seat_id else {}
    if booked.former is not None:
        more |= {
            "rescheduleUid": booked.former.uid,
            "rescheduleId": booked.former.id,
            "rescheduleStartTime": _time(booked.former.starts_at, False),
            "rescheduledBy": answering.email,
        }
    if trigger == "BOOKING_CANCELLED":
        more |= {
            "cancellationReason": booked.reason,
            "cancelledBy": booked.guests[0].email,
            "requestReschedule": False,
        }
    if trigger == "BOOKING_REJECTED":
        more["rejectionReason"] = booked.reason
    if trigger == "BOOKING_REQUESTED":
        more["oneTimePassword"] = "11111111-2222-4333-8444-555555555555"
    if trigger == "BOOKING_PAID":
        more["paymentId"] = 77
    return more


def _responses(booked: Booking, answering: Guest, terse: bool) -> dict[str, Any]:
    """Slug to label and value; *terse* triggers have the slug for a label and do not say what is hidden."""
    own = booked.event_type.questions
    values = {
        "name": answering.name,
        "email": answering.email,
        "location": {"optionValue": "", "value": "integrations:daily"},
        **({"rescheduleReason": booked.reason} if booked.former is not None and booked.reason else {}),
        **answering.answers,
    }
    responses: dict[str, Any] = {}
    for slug, label in {**_SYSTEM, **own}.items():
        asked: dict[str, Any] = {"label": slug if terse else label}
        if slug in values:
            asked["value"] = values[slug]
        if not terse:
            asked["isHidden"] = slug in booked.event_type.hidden or slug not in (*_SHOWN, *own, *answering.answers)
        responses[slug] = asked
    return responses


def _attendees(booked: Booking, answering: Guest, terse: bool) -> list[dict[str, Any]]:
    """All guests of the time, whoever came last behind, then those whom the guest brings along."""
    brought = () if booked.event_type.seats else answering.answers.get("guests", ())
    people = [(each.email, each.name, each.time_zone, each.language) for each in booked.guests]
    people += [(email, "", answering.time_zone, answering.language) for email in brought]
    return [_attendee(*each, terse=terse) for each in people]


def _attendee(email: str, name: str, time_zone: str, language: str, *, terse: bool) -> dict[str, Any]:
    first, _, last = name.partition(" ")
    of_trigger = {"phoneNumber": None} if terse else {"firstName": first, "lastName": last}
    return {
        "email": email,
        "name": name,
        "timeZone": time_zone,
        "language": {"locale": language},
        "utcOffset": 540,
        **of_trigger,
    }


def _organizer(host: User, trigger: str) -> dict[str, Any]:
    return {
        "id": host.id,
        "name": host.name,
        "email": host.email,
        "username": host.username,
        "timeZone": host.time_zone,
        "language": {"locale": "ja"},
        "timeFormat": 12 if trigger == "BOOKING_PAID" else "h:mma",
        "utcOffset": 540,
    }


def no_show(booked: Booking, email: str, no_show: bool, at: datetime) -> dict[str, Any]:
    """A no-show, or one that is taken back: the booking's uid, and the address of who it is about."""
    payload = {
        "message": f"{email} {'marked' if no_show else 'unmarked'} as no-show",
        "attendees": [{"email": email, "noShow": no_show}],
        "bookingUid": booked.uid,
        "bookingId": booked.id,
    }
    return _envelope("BOOKING_NO_SHOW_UPDATED", at, payload)


def ping(at: datetime) -> dict[str, Any]:
    """The test: a made-up person, and nothing by which a booking is known."""
    of_all = {"timeZone": "Europe/London", "language": {"locale": "en"}, "utcOffset": 0}
    payload = {
        "type": "Test",
        "title": "Test trigger event",
        "description": "",
        "startTime": _time(at, True),
        "endTime": _time(at, True),
        "attendees": [{"email": "jdoe@example.com", "name": "John Doe", **of_all}],
        "organizer": {"name": "Cal", "email": "no-reply@cal.com", **of_all},
    }
    return _envelope("PING", at, payload)


def meeting_ended(booked: Booking) -> dict[str, Any]:
    """The end of a meeting: flat, without a payload."""
    guest = booked.guests[0]
    return {
        "triggerEvent": "MEETING_ENDED",
        "id": booked.id,
        "uid": booked.uid,
        "startTime": _time(booked.starts_at, True),
        "responses": {"name": guest.name, "email": guest.email},
        "attendees": [{"email": guest.email, "name": guest.name, "timeZone": guest.time_zone}],
        "user": {"email": booked.host.email, "name": booked.host.name},
    }


def form_submitted(at: datetime) -> dict[str, Any]:
    """A routing form: its answers stand at the top as well, and it has no address."""
    responses = {"Size": {"value": "Large", "response": [{"label": "Large", "id": "opt-1"}]}}
    payload = {"formId": "form-1", "formName": "Which talk?", "teamId": None, "responses": responses}
    return {**_envelope("FORM_SUBMITTED", at, payload), "Size": "Large"}


def _envelope(trigger: str, at: datetime, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"triggerEvent": trigger, "createdAt": _time(at, True), "payload": dict(payload)}


def _time(moment: datetime, with_fraction: bool) -> str:
    written = moment.astimezone(UTC).isoformat(timespec="milliseconds" if with_fraction else "seconds")
    return written.replace("+00:00", "Z")
