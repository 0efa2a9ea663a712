"""Reader of a body by a `Teaching` into a `Booking`; README.md describes the presets' bodies."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from hubsync.domain.booking import Booking, BookingChange, BookingEvent, GivenAnswer, Guest
from hubsync.domain.name_parts import join_names
from hubsync.domain.notes import Note
from hubsync.errors import N_, BodyUnreadable
from hubsync.sources import fields
from hubsync.sources.answers import read_answers, read_guest, read_url_params
from hubsync.sources.fields import FieldError
from hubsync.sources.other_bookings import read_other_id
from hubsync.sources.signed_webhook.entries import ReadEntry, first, meets, read_entries
from hubsync.sources.signed_webhook.guesses import guess_guest, guess_kind, is_tracking_name
from hubsync.sources.signed_webhook.moments import iso_time
from hubsync.sources.signed_webhook.paths import find, may_be_missing, place_of
from hubsync.sources.signed_webhook.teaching import EntryList, Places, Teaching
from hubsync.sources.source import UNKNOWN_EVENT, Ignored, Said
from hubsync.sources.strict_json import load_json
from hubsync.sources.teachable import Role
from hubsync.sources.texts import take_text, text_of
from hubsync.sources.times import read_end, read_occurrence

NAME = "signed_webhook"
ONE_CALENDAR = "all"
"""The calendar of senders that name none."""

_TEST = Ignored(N_("The sender tried the connection out."), is_test=True)
_LONGEST_NAME = 1_000
_CONTENT = {BookingEvent.COMPLETED, BookingEvent.MOVED, BookingEvent.CANCELLED}


def parse(raw: bytes) -> Any:
    """The JSON in *raw*, whatever type it is labelled as; raises BodyUnreadable, and says so when it is a form.

    A list of one object is that object: Formbricks' documentation shows its bodies so.
    """
    begins = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    if begins[:1] not in (b"{", b"[") and (begins.startswith(b"--") or b"=" in begins):
        raise _unreadable("body", N_("is a form's data; choose JSON at the sender"))
    sent = load_json(raw)
    return sent[0] if isinstance(sent, list) and len(sent) == 1 and isinstance(sent[0], dict) else sent


def read(sent: Any, teaching: Teaching, sender: str) -> Said:
    """What the JSON of a verified body says; raises BodyUnreadable, whose faults name places, never values.

    What a booking is known by and when it starts is read strictly, everything else as far as it goes. *sender* is
    the calendar's name where all of the sender's bookings belong to one.
    """
    if not isinstance(sent, dict):
        raise _unreadable("body", N_("must be an object"))
    event = _read_event(sent, teaching)
    if isinstance(event, Ignored):
        return event
    if any(meets(sent, each) for each in teaching.ignored):
        return UNKNOWN_EVENT
    body = _Body(sent, teaching)
    external_id = body.identifier(teaching.id) if teaching.id else _fingerprint(sent)
    zone = fields.time_zone(body.take(teaching.time_zone))
    occurred_at, of_occurrence = read_occurrence(*body.time(teaching.occurred_at, zone))
    reason = body.text(teaching.reason)
    if event not in _CONTENT or (
        event is BookingEvent.CANCELLED and teaching.start and not body.has(teaching.start)
    ):
        body.refuse()
        return BookingChange(NAME, (external_id,), event, occurred_at, reason)
    calendar = body.identifier(teaching.calendar_id) if teaching.calendar_id else ONE_CALENDAR
    starts_at = body.start(zone)
    body.refuse()
    ends_at, of_end = (
        (None, []) if starts_at is None else read_end(body.time(teaching.end, zone)[0], starts_at, zone)
    )
    answers, url_params, of_answers = _read_answers(sent, teaching)
    guest, of_guest = _read_guest(body, zone, answers)
    if not (answers or url_params or starts_at or guest.email or guest.name):
        raise _unreadable("body", N_("has nothing of what was taught"))
    replaces, of_former = body.other_id(teaching.replaces, external_id)
    replaced_by, of_later = body.other_id(teaching.replaced_by, external_id)
    if event is BookingEvent.COMPLETED and replaces:
        event = BookingEvent.MOVED
    return Booking(
        source=NAME,
        external_id=external_id,
        calendar_external_id=calendar,
        calendar_name=body.text(teaching.calendar_name) or ("" if teaching.calendar_id else sender),
        guest=guest,
        starts_at=starts_at,
        ends_at=ends_at,
        answers=answers,
        url_params=url_params,
        host=body.text(teaching.host),
        notes=(*of_guest, *of_end, *of_answers, *of_occurrence, *of_former, *of_later),
        event=event,
        occurred_at=occurred_at,
        replaces=replaces if event is BookingEvent.MOVED else "",
        replaced_by=replaced_by if event is BookingEvent.CANCELLED else "",
        reason=reason,
        location=body.text(teaching.location),
        locale=fields.language_tag(body.take(teaching.locale)),
    )


def is_test(sent: Any, teaching: Teaching) -> bool:
    """Whether a body says no more than that somebody pressed the sender's test button."""
    said = teaching.events is not None and isinstance(sent, dict) and find(sent, teaching.events.at)
    return teaching.events is not None and said in teaching.events.test and len(sent) == 1


class _Body:
    """A body with what was taught of it, and the faults that were met in it so far."""

    def __init__(self, sent: dict[str, Any], teaching: Teaching) -> None:
        self.sent, self.teaching = sent, teaching
        self.faults: list[tuple[str, str]] = []

    def refuse(self) -> None:
        """Raise BodyUnreadable when there were faults."""
        if self.faults:
            raise BodyUnreadable(faults=tuple(self.faults))

    def take(self, places: Places) -> Any:
        return first(self.sent, places)

    def has(self, places: Places) -> bool:
        return self.take(places) is not None

    def place(self, places: Places) -> str:
        """Where the value stands, or ought to."""
        return place_of(next((path for path in places if find(self.sent, path) is not None), places[0]))

    def text(self, places: Places) -> str:
        return text_of(take_text(self.take(places), _LONGEST_NAME))

    def identifier(self, places: Places) -> str:
        value = self.take(places)
        try:
            if value is None:
                raise FieldError(N_("is missing"))
            return fields.identifier(value)
        except FieldError as fault:
            self.faults.append((self.place(places), fault.reason))
            return ""

    def other_id(self, places: Places, own_id: str) -> tuple[str, list[Note]]:
        """The id of the booking before or after this one, and what there is to note of it."""
        return read_other_id(self.take(places), own_id, self.place(places)) if places else ("", [])

    def time(self, places: Places, zone: str) -> tuple[Any, str, str]:
        """(time as ISO 8601 writes it, zone, place)."""
        return iso_time(self.take(places)), zone, self.place(places) if places else ""

    def start(self, zone: str) -> datetime | None:
        """When the appointment begins; None for a sender without times, and for a question nobody answered."""
        places = self.teaching.start
        if not places or (not self.has(places) and all(may_be_missing(path) for path in places)):
            return None
        place = self.place(places)
        try:
            if not self.has(places):
                raise FieldError(N_("is missing"))
            return fields.place_in_time(fields.moment(iso_time(self.take(places))), zone, place)
        except FieldError as fault:
            self.faults.append((place, fault.reason))
            return None


def _read_event(sent: dict[str, Any], teaching: Teaching) -> BookingEvent | Ignored:
    """What happened; a sender that does not say sends bookings alone."""
    if teaching.events is None:
        return BookingEvent.COMPLETED
    value = find(sent, teaching.events.at)
    if not isinstance(value, str):
        reason = N_("is missing") if value is None else N_("must be a text")
        raise _unreadable(place_of(teaching.events.at), reason)
    if value in teaching.events.test:
        return _TEST
    return teaching.events.meaning(value) or UNKNOWN_EVENT


def _read_answers(
    sent: dict[str, Any], teaching: Teaching
) -> tuple[tuple[GivenAnswer, ...], dict[str, str], list[Note]]:
    """(answers, URL parameters, notes). An answer that is called like a URL parameter is one."""
    entries = [ReadEntry(each.label, first(sent, each.at), each.label) for each in teaching.single_answers]
    entries += _all_entries(sent, teaching.answers)
    params = _all_entries(sent, teaching.url_params)
    params += [each for each in entries if isinstance(each.label, str) and is_tracking_name(each.label)]
    asked = [
        {"label": each.label, "value": each.value, "type": each.kind, "key": each.key}
        for each in entries
        if not (isinstance(each.label, str) and is_tracking_name(each.label))
    ]
    answers, of_answers = read_answers(asked, keyed=True)
    if teaching.guess_guest:
        answers = tuple(map(guess_kind, answers))
    kept, of_params = read_url_params(
        {each.label: each.value for each in params if isinstance(each.label, str) and each.value is not None}
    )
    return answers, kept, [*of_answers, *of_params]


def _all_entries(sent: dict[str, Any], lists: Iterable[EntryList]) -> list[ReadEntry]:
    return [
        replace(entry, kind=told.kinds.get(entry.kind, "")) for told in lists for entry in read_entries(sent, told)
    ]


def _read_guest(body: _Body, zone: str, answers: tuple[GivenAnswer, ...]) -> tuple[Guest, list[Note]]:
    teaching = body.teaching
    guessed = guess_guest(answers) if teaching.guess_guest else {}
    name: Any = body.take(teaching.name) or join_names(
        body.text(teaching.first_name), body.text(teaching.last_name)
    )
    name = name or guessed.get(Role.NAME)
    name = name or join_names(guessed.get(Role.FIRST_NAME, ""), guessed.get(Role.LAST_NAME, ""))
    email = body.take(teaching.email) or guessed.get(Role.EMAIL)
    company = body.take(teaching.company) or guessed.get(Role.COMPANY)
    return read_guest({"name": name, "email": email, "company": company, "timezone": zone})


def _fingerprint(sent: dict[str, Any]) -> str:
    """What a body without an id is known by: the same body again is the same booking."""
    try:
        written = json.dumps(sent, sort_keys=True, default=str)
    except RecursionError:
        raise _unreadable("body", N_("is nested too deeply")) from None
    return "body-" + hashlib.sha256(written.encode()).hexdigest()[:40]


def _unreadable(place: str, reason: str) -> BodyUnreadable:
    return BodyUnreadable(faults=((place, reason),))
