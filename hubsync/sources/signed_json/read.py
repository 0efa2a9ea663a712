"""Reader of signed JSON into a `Booking`; README.md describes the format."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError

from hubsync.domain.booking import Booking
from hubsync.errors import N_, BodyUnreadable
from hubsync.sources import fields
from hubsync.sources.answers import read_answers, read_guest, read_url_params
from hubsync.sources.fields import FieldError
from hubsync.sources.schema import Identifier, Moment, Part, faults_of
from hubsync.sources.texts import take_text, text_of
from hubsync.sources.times import read_end

NAME = "signed_json"
EVENT = "booking.completed"

_LONGEST_NAME = 1_000
_REASONS = {"literal_error": N_("must be booking.completed")}


class _Calendar(Part):
    id: Identifier
    name: Any = None


class _Body(Part):
    """What a booking is known by and when it starts is read strictly, everything else as far as it goes."""

    id: Identifier
    event: Literal["booking.completed"]
    calendar: _Calendar
    start: Moment
    end: Any = None
    guest: Any = None
    answers: Any = None
    url_params: Any = None


def read(sent: Any) -> Booking:
    """The booking in the JSON of a verified body; raises BodyUnreadable, whose faults name places, never values.

    Fields that nobody knows are ignored. A start without an offset is read in the guest's time zone, and refused
    when there is none. Whatever else cannot be read is omitted and noted on the booking.
    """
    try:
        body = _Body.model_validate(sent)
        guest, notes = read_guest(body.guest)
        starts_at = fields.place_in_time(body.start, guest.timezone, "start")
    except ValidationError as invalid:
        faults = faults_of(invalid, _REASONS)
    except FieldError as fault:
        faults = ((fault.place, fault.reason),)
    else:
        ends_at, of_end = read_end(body.end, starts_at, guest.timezone)
        answers, of_answers = read_answers(body.answers)
        url_params, of_params = read_url_params(body.url_params)
        name = take_text(body.calendar.name, _LONGEST_NAME)
        of_name = [each for each in (name.note("calendar.name"),) if each is not None]
        return Booking(
            source=NAME,
            external_id=body.id,
            calendar_external_id=body.calendar.id,
            calendar_name=text_of(name),
            guest=guest,
            starts_at=starts_at,
            ends_at=ends_at,
            answers=answers,
            url_params=url_params,
            notes=(*notes, *of_end, *of_answers, *of_params, *of_name),
        )
    raise BodyUnreadable(N_("The body cannot be read."), faults=faults)
