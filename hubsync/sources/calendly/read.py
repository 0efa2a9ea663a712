"""Reader of Calendly's webhooks into a `Booking`; README.md describes the format. The booking is the invitee."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.name_parts import join_names
from hubsync.domain.notes import Note, NoteCode
from hubsync.errors import N_
from hubsync.sources import fields
from hubsync.sources.answers import read_guest, read_url_params
from hubsync.sources.calendly.form import read_form
from hubsync.sources.calendly.meeting import LONGEST_TEXT, read_host_email, read_hosts, read_location, read_zone
from hubsync.sources.fields import FieldError
from hubsync.sources.other_bookings import read_other_id
from hubsync.sources.schema import Moment, Part, read_strictly
from hubsync.sources.source import UNKNOWN_EVENT, Ignored
from hubsync.sources.texts import as_written, take_text, text_of
from hubsync.sources.times import read_end, read_occurrence

NAME = "calendly"
CREATED = "invitee.created"
CANCELED = "invitee.canceled"
NO_SHOW = "invitee_no_show.created"
NO_SHOW_DELETED = "invitee_no_show.deleted"
EVENTS = (CREATED, CANCELED, NO_SHOW, NO_SHOW_DELETED)

WITHOUT_EVENT_TYPE = "one-off"
"""The calendar of meetings that belong to no event type."""


def last_part(uri: Any) -> str:
    """What a URI of Calendly's ends with, by which its own addresses name it; what is no URI is that itself."""
    if not isinstance(uri, str):
        raise FieldError(N_("must be a text"))
    return fields.identifier(uri.strip().rstrip("/").rpartition("/")[2])


Id = Annotated[str, BeforeValidator(last_part)]


class _ScheduledEvent(Part):
    name: Any = None
    start_time: Moment
    end_time: Any = None
    event_type: Any = None
    location: Any = None
    event_memberships: Any = None


class _Invitee(Part):
    uri: Id
    scheduled_event: _ScheduledEvent
    status: Any = None
    email: Any = None
    name: Any = None
    first_name: Any = None
    last_name: Any = None
    timezone: Any = None
    text_reminder_number: Any = None
    questions_and_answers: Any = None
    tracking: Any = None
    rescheduled: Any = None
    old_invitee: Any = None
    new_invitee: Any = None
    cancellation: Any = None
    no_show: Any = None
    created_at: Any = None


class _Body(Part):
    """What a booking is known by and when it starts is read strictly, everything else as far as it goes."""

    event: str
    created_at: Any = None
    payload: _Invitee


def read(sent: Any) -> Booking | Ignored:
    """The booking in the JSON of a verified body; raises BodyUnreadable, whose faults name places, never values.

    Whatever else of a booking cannot be read is omitted and noted on it.
    """
    if isinstance(sent, dict) and isinstance(kind := sent.get("event"), str) and kind not in EVENTS:
        return UNKNOWN_EVENT
    return read_strictly(lambda: _read_booking(sent))


def read_listed(invitee: Mapping[str, Any], scheduled_event: Mapping[str, Any]) -> Booking:
    """The booking of an *invitee* in Calendly's own list of a *scheduled_event*'s; raises as `read` does."""
    sent = {"event": CREATED, "payload": {**invitee, "scheduled_event": scheduled_event}}
    return read_strictly(lambda: _read_booking(sent))


def _read_booking(sent: Any) -> Booking:
    body = _Body.model_validate(sent)
    zone = read_zone(body.payload.timezone)
    start = body.payload.scheduled_event.start_time
    return _booking(body, fields.place_in_time(start, zone, "payload.scheduled_event.start_time"), zone)


def _booking(body: _Body, starts_at: datetime, zone: str) -> Booking:
    invitee, scheduled = body.payload, body.payload.scheduled_event
    replaces, of_former = read_other_id(invitee.old_invitee, invitee.uri, "payload.old_invitee", last_part)
    replaced_by, of_later = read_other_id(invitee.new_invitee, invitee.uri, "payload.new_invitee", last_part)
    event, said_at = _what_happened(body, replaces, replaced_by)
    guest, of_guest = read_guest(_guest(invitee, zone))
    answers, of_answers = read_form(invitee.model_dump())
    url_params, of_params = read_url_params(invitee.tracking)
    ends_at, of_end = read_end(scheduled.end_time, starts_at, zone, "payload.scheduled_event.end_time")
    occurred_at, of_occurrence = read_occurrence(said_at, zone, "created_at")
    calendar, of_calendar = _calendar(scheduled.event_type)
    texts = {
        "payload.scheduled_event.name": take_text(scheduled.name, LONGEST_TEXT),
        "payload.scheduled_event.location": read_location(scheduled.location),
        "payload.cancellation.reason": take_text(_part(invitee.cancellation, "reason"), LONGEST_TEXT),
    }
    name, location, reason = map(text_of, texts.values())
    of_texts = [note for place, taken in texts.items() if (note := taken.note(place)) is not None]
    return Booking(
        source=NAME,
        external_id=invitee.uri,
        calendar_external_id=calendar,
        calendar_name=name,
        guest=guest,
        starts_at=starts_at,
        ends_at=ends_at,
        answers=answers,
        url_params=url_params,
        host=read_hosts(scheduled.event_memberships),
        host_email=read_host_email(scheduled.event_memberships),
        notes=(
            *(*of_guest, *of_answers, *of_params, *of_end, *of_calendar, *of_texts),
            *(*of_occurrence, *of_former, *of_later),
        ),
        event=event,
        occurred_at=occurred_at,
        replaces=replaces,
        replaced_by=replaced_by,
        reason=reason,
        location=location,
    )


def _what_happened(body: _Body, replaces: str, replaced_by: str) -> tuple[BookingEvent, Any]:
    """What happened to the booking, and when, as it was said.

    The former side of a reschedule is cancelled at Calendly, but only its own time is over. It says nothing of
    since when the new time counts, and may be dated later than that one.
    """
    invitee = body.payload
    if body.event == NO_SHOW_DELETED:
        return BookingEvent.SHOWED, body.created_at
    cancelled = body.event == CANCELED or (body.event == CREATED and invitee.status == "canceled")
    if cancelled and (replaced_by or invitee.rescheduled is True):
        return BookingEvent.MOVED, None
    if cancelled:
        return BookingEvent.CANCELLED, _part(invitee.cancellation, "created_at") or body.created_at
    if body.event == NO_SHOW or invitee.no_show is not None:
        return BookingEvent.NO_SHOW, _part(invitee.no_show, "created_at") or body.created_at
    return BookingEvent.MOVED if replaces else BookingEvent.COMPLETED, invitee.created_at or body.created_at


def _guest(invitee: _Invitee, zone: str) -> dict[str, Any]:
    """The guest as `read_guest` takes one; the name in parts where Calendly has no whole one."""
    given, family = (each if isinstance(each, str) else "" for each in (invitee.first_name, invitee.last_name))
    return {"name": invitee.name or join_names(given, family), "email": invitee.email, "timezone": zone}


def _calendar(sent: Any) -> tuple[str, list[Note]]:
    """The id of the event type, which is the calendar: no booking is refused for it, or Calendly gives up."""
    if sent is None:
        return WITHOUT_EVENT_TYPE, []
    try:
        return last_part(sent), []
    except FieldError:
        note = Note(NoteCode.UNREADABLE, "payload.scheduled_event.event_type", shown=as_written(sent))
        return WITHOUT_EVENT_TYPE, [note]


def _part(sent: Any, name: str) -> Any:
    return sent.get(name) if isinstance(sent, Mapping) else None
