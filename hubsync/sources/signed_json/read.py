"""Reader of signed JSON into a `Booking`; README.md describes the format."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from hubsync.domain.booking import Booking
from hubsync.domain.notes import Note, NoteCode
from hubsync.errors import N_, BodyUnreadable
from hubsync.sources import fields
from hubsync.sources.answers import read_answers, read_guest, read_url_params
from hubsync.sources.fields import FieldError
from hubsync.sources.texts import as_written, take_text, text_of

NAME = "signed_json"
EVENT = "booking.completed"

_Identifier = Annotated[str, BeforeValidator(fields.identifier)]
_LONGEST_NAME = 1_000
_USUAL_LENGTH = timedelta(minutes=30)


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Calendar(_Part):
    id: _Identifier
    name: Any = None


class _Body(_Part):
    """What a booking is known by and when it starts is read strictly, everything else as far as it goes."""

    id: _Identifier
    event: Literal["booking.completed"]
    calendar: _Calendar
    start: Annotated[datetime, BeforeValidator(fields.moment)]
    end: Any = None
    guest: Any = None
    answers: Any = None
    url_params: Any = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, body: Any) -> Any:
        return {k: v for k, v in body.items() if v is not None} if isinstance(body, dict) else body


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
        faults = tuple(_fault(error) for error in invalid.errors(include_url=False, include_input=False))
    except FieldError as fault:
        faults = ((fault.place, fault.reason),)
    else:
        ends_at, of_end = _end(body.end, starts_at, guest.timezone)
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


def _end(sent: Any, starts_at: datetime, zone: str) -> tuple[datetime, list[Note]]:
    """When the appointment ends; half an hour after its start, with a note, when that is not said."""
    try:
        ends_at = fields.place_in_time(fields.moment(sent), zone, "end")
    except FieldError:
        pass
    else:
        if ends_at >= starts_at:
            return ends_at, []
    return starts_at + _USUAL_LENGTH, [
        Note(NoteCode.UNREADABLE, "end", shown="" if sent is None else as_written(sent))
    ]


_REASONS = {
    "missing": N_("is missing"),
    "literal_error": N_("must be booking.completed"),
    "model_type": N_("must be an object"),
    "model_attributes_type": N_("must be an object"),
}


def _fault(error: Any) -> tuple[str, str]:
    """(place, reason) of one of pydantic's findings, in our words: its own may repeat what was sent."""
    cause = error.get("ctx", {}).get("error")
    reason = cause.reason if isinstance(cause, FieldError) else _REASONS.get(error["type"], N_("cannot be read"))
    return ".".join(map(str, error["loc"])) or "body", reason
