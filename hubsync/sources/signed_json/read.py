"""Signed JSON's body to a `Booking`; README.md describes the format."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.domain.questions import AnswerValue, Kind
from hubsync.errors import N_, BodyUnreadable
from hubsync.sources import fields
from hubsync.sources.fields import Fault
from hubsync.sources.strict_json import load_json

NAME = "signed_json"

_Identifier = Annotated[str, BeforeValidator(fields.identifier)]
_Text = Annotated[str, BeforeValidator(fields.plain_text)]
_MOST_ANSWERS = 200


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class _Calendar(_Part):
    id: _Identifier
    name: _Text = ""


class _Guest(_Part):
    name: _Text = ""
    email: Annotated[str, BeforeValidator(fields.email_address)] = ""
    company: _Text = ""
    timezone: Annotated[str, BeforeValidator(fields.time_zone)] = ""


class _Answer(_Part):
    label: Annotated[str, BeforeValidator(fields.label)]
    value: Annotated[AnswerValue, BeforeValidator(fields.answer_value)] = None
    type: Any = None

    def given(self) -> GivenAnswer:
        """The answer with a kind that fits its value; a type nobody knows is as good as none."""
        known = isinstance(self.type, str) and self.type in set(Kind)
        kind, value = (Kind(self.type) if known else None), self.value
        if kind is Kind.SEVERAL_CHOICES and isinstance(value, str):
            value = (value,)
        boxed = isinstance(value, bool)
        if value is not None and boxed is not (kind is Kind.CHECK_BOX):
            kind = None
        return GivenAnswer(self.label, value, kind)


class _Body(_Part):
    id: _Identifier
    event: Literal["booking.completed"]
    calendar: _Calendar
    guest: _Guest
    start: Annotated[datetime, BeforeValidator(fields.moment)]
    end: Annotated[datetime, BeforeValidator(fields.moment)]
    answers: Annotated[tuple[_Answer, ...], Field(max_length=_MOST_ANSWERS)] = ()
    url_params: Annotated[dict[str, str], BeforeValidator(fields.url_params)] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, body: Any) -> Any:
        return {k: v for k, v in body.items() if v is not None} if isinstance(body, dict) else body


def read(raw: bytes) -> Booking:
    """The booking in a verified body; raises BodyUnreadable whose faults name the places, never the values.

    Fields that nobody knows are ignored. A time without an offset is read in the guest's time zone, and
    refused when there is none.
    """
    try:
        body = _Body.model_validate(load_json(raw))
        starts_at = fields.place_in_time(body.start, body.guest.timezone, "start")
        ends_at = fields.place_in_time(body.end, body.guest.timezone, "end")
        if ends_at < starts_at:
            raise Fault(N_("is before the start"), place="end")
    except ValidationError as invalid:
        faults = tuple(_fault(error) for error in invalid.errors(include_url=False, include_input=False))
    except Fault as fault:
        faults = ((fault.place, fault.reason),)
    else:
        guest = body.guest
        return Booking(
            source=NAME,
            external_id=body.id,
            calendar_external_id=body.calendar.id,
            calendar_name=body.calendar.name,
            guest=Guest(guest.name, guest.email, guest.company, guest.timezone),
            starts_at=starts_at,
            ends_at=ends_at,
            answers=tuple(answer.given() for answer in body.answers),
            url_params=body.url_params,
        )
    raise BodyUnreadable(N_("The body cannot be read."), faults=faults)


_REASONS = {
    "missing": N_("is missing"),
    "literal_error": N_("must be booking.completed"),
    "model_type": N_("must be an object"),
    "model_attributes_type": N_("must be an object"),
    "tuple_type": N_("must be a list"),
    "too_long": N_("has too many entries"),
}


def _fault(error: Any) -> tuple[str, str]:
    """(place, reason) of one of pydantic's findings, in our words: its own may repeat what was sent."""
    cause = error.get("ctx", {}).get("error")
    reason = cause.reason if isinstance(cause, Fault) else _REASONS.get(error["type"], N_("cannot be read"))
    return ".".join(map(str, error["loc"])) or "body", reason
