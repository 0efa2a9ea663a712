"""Reader of TimeRex's webhooks into a `Booking`; README.md describes the format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import model_validator

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.notes import Note, NoteCode
from hubsync.sources import fields
from hubsync.sources.answers import read_answers, read_guest, read_url_params
from hubsync.sources.fields import FieldError
from hubsync.sources.other_bookings import read_other_id
from hubsync.sources.schema import Identifier, Moment, Part, read_strictly
from hubsync.sources.source import UNKNOWN_EVENT, Ignored
from hubsync.sources.texts import AcceptedValue, as_written, take_text, text_of
from hubsync.sources.timerex.form import sort_form
from hubsync.sources.times import read_end, read_occurrence

NAME = "timerex"
CONFIRMED = "event_confirmed"
CANCELLED = "event_cancelled"
EVENTS = (CONFIRMED, CANCELLED)

_LONGEST_TEXT = 1_000
_LONGEST_MINUTES = 7 * 24 * 60
_MEETINGS = ("zoom_meeting", "google_meet_meeting", "microsoft_teams_meeting")


class _Event(Part):
    id: Identifier
    start_datetime: Moment
    local_start_datetime: Any = None
    end_datetime: Any = None
    duration: Any = None
    calendar_timezone: Any = None
    guest_locale: Any = None
    created_at: Any = None
    canceled_at: Any = None
    cancellation_reason: Any = None
    is_changed: Any = None
    old_event_id: Any = None
    new_event_id: Any = None
    hosts: Any = None
    form: Any = None
    url_params: Any = None
    zoom_meeting: Any = None
    google_meet_meeting: Any = None
    microsoft_teams_meeting: Any = None


class _Body(Part):
    """What a booking is known by and when it starts is read strictly, everything else as far as it goes."""

    webhook_type: str
    calendar_url_path: Identifier
    calendar_name: Any = None
    event: _Event

    @model_validator(mode="before")
    @classmethod
    def _calendar_is_named_in_either_place(cls, sent: Any) -> Any:
        if not isinstance(sent, dict) or sent.get("calendar_url_path") is not None:
            return sent
        event = sent.get("event")
        return {**sent, "calendar_url_path": event.get("calendar_url_path")} if isinstance(event, dict) else sent


def read(sent: Any) -> Booking | Ignored:
    """The booking in the JSON of a verified body; raises BodyUnreadable, whose faults name places, never values.

    What happened is said by ``webhook_type`` and by the ids of the event before and after a change, never by
    ``status``. Times without an offset are read in the calendar's time zone.
    """
    if isinstance(sent, dict) and isinstance(kind := sent.get("webhook_type"), str) and kind not in EVENTS:
        return UNKNOWN_EVENT
    return read_strictly(lambda: _read_booking(sent))


def _read_booking(sent: Any) -> Booking:
    body = _Body.model_validate(sent)
    zone = fields.time_zone(body.event.calendar_timezone)
    start = fields.place_in_time(body.event.start_datetime, zone, "event.start_datetime")
    return _booking(body, _local(start, body.event.local_start_datetime), zone)


def _booking(body: _Body, starts_at: datetime, zone: str) -> Booking:
    event = body.event
    sorted_form = sort_form(event.form)
    guest, of_guest = read_guest(sorted_form.guest)
    answers, of_answers = read_answers(sorted_form.answers)
    url_params, of_params = _url_params(event.url_params)
    ends_at, of_end = _end(event, starts_at, zone)
    cancelled = body.webhook_type == CANCELLED
    said_at = event.canceled_at if cancelled else event.created_at
    occurred_at, of_occurrence = read_occurrence(said_at, zone, "occurred_at")
    replaces, of_former = read_other_id(event.old_event_id, event.id, "replaces")
    replaced_by, of_later = read_other_id(event.new_event_id, event.id, "replaced_by")
    host, of_host = _host(event.hosts)
    texts = {
        "calendar.name": take_text(body.calendar_name, _LONGEST_TEXT),
        "location": _location(event),
        "reason": take_text(event.cancellation_reason, _LONGEST_TEXT),
    }
    of_texts = [note for place, taken in texts.items() if (note := taken.note(place)) is not None]
    return Booking(
        source=NAME,
        external_id=event.id,
        calendar_external_id=body.calendar_url_path,
        calendar_name=text_of(texts["calendar.name"]),
        guest=guest,
        starts_at=starts_at,
        ends_at=ends_at.astimezone(starts_at.tzinfo),
        answers=answers,
        url_params=url_params,
        host=host,
        host_email=_host_email(event.hosts),
        notes=(
            *(*of_guest, *of_end, *of_answers, *of_params, *of_host),
            *(*of_occurrence, *of_former, *of_later, *of_texts),
        ),
        event=_what_happened(cancelled, replaces, replaced_by, event.is_changed),
        occurred_at=occurred_at,
        replaces=replaces,
        replaced_by=replaced_by,
        reason=text_of(texts["reason"]),
        location=text_of(texts["location"]),
        locale=fields.language_tag(event.guest_locale),
    )


def _what_happened(cancelled: bool, replaces: str, replaced_by: str, is_changed: Any) -> BookingEvent:
    """A booking that another one replaces was moved, even if TimeRex calls its own end a cancellation."""
    if replaced_by:
        return BookingEvent.MOVED
    if cancelled:
        return BookingEvent.CANCELLED
    return BookingEvent.MOVED if replaces or is_changed is True else BookingEvent.COMPLETED


def _local(starts_at: datetime, sent: Any) -> datetime:
    """*starts_at* as the calendar's own clock says it, which a new calendar's time zone is taken from."""
    try:
        local = fields.moment(sent)
    except FieldError:
        return starts_at
    return local if local == starts_at else starts_at


def _end(event: _Event, starts_at: datetime, zone: str) -> tuple[datetime, list[Note]]:
    ends_at, notes = read_end(event.end_datetime, starts_at, zone)
    minutes = event.duration
    if notes and isinstance(minutes, int) and not isinstance(minutes, bool) and 0 < minutes <= _LONGEST_MINUTES:
        return starts_at + timedelta(minutes=minutes), []
    return ends_at, notes


def _host(sent: Any) -> tuple[str, list[Note]]:
    """Whom the guest meets, all of them: their names, or addresses where they have none."""
    entries = sent if isinstance(sent, list) else [sent]
    named = [_first_text(each.get("name"), each.get("email")) for each in entries if isinstance(each, Mapping)]
    odd = [each for each in entries if each and not isinstance(each, Mapping)]
    notes = [Note(NoteCode.UNREADABLE, "host", shown=as_written(odd))] if odd else []
    return ", ".join(filter(None, named)), notes


def _host_email(sent: Any) -> str:
    """The address of the first of them who has one."""
    entries = sent if isinstance(sent, list) else [sent]
    addresses = (_first_text(each.get("email")) for each in entries if isinstance(each, Mapping))
    return next(filter(None, addresses), "")


def _first_text(*sent: Any) -> str:
    return next((text for each in sent if (text := text_of(take_text(each, _LONGEST_TEXT)))), "")


def _location(event: _Event) -> AcceptedValue:
    """The address of the online meeting; TimeRex names one service's, and may leave the others empty."""
    meetings: Iterable[Any] = (getattr(event, name) for name in _MEETINGS)
    addresses = (take_text(each.get("join_url"), _LONGEST_TEXT) for each in meetings if isinstance(each, Mapping))
    return next((each for each in addresses if each.value or each.code), AcceptedValue(None))


def _url_params(sent: Any) -> tuple[dict[str, str], list[Note]]:
    """URL parameters: a list of objects with one name each, or one object; a name that comes again has both."""
    if not isinstance(sent, list):
        return read_url_params(sent)
    values: dict[str, list[Any]] = {}
    for each in sent:
        for name, value in each.items() if isinstance(each, Mapping) else ():
            values.setdefault(name, []).append(value)
    params, notes = read_url_params({name: each[0] if len(each) == 1 else each for name, each in values.items()})
    odd = [each for each in sent if each and not isinstance(each, Mapping)]
    return params, notes + ([Note(NoteCode.UNREADABLE, "url_params", shown=as_written(odd))] if odd else [])
