"""Schema of a body: the parts that pydantic reads strictly, and its findings as faults in our words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from hubsync.errors import N_, BodyUnreadable
from hubsync.sources import fields
from hubsync.sources.fields import FieldError

Identifier = Annotated[str, BeforeValidator(fields.identifier)]
Moment = Annotated[datetime, BeforeValidator(fields.moment)]

_REASONS = {
    "missing": N_("is missing"),
    "model_type": N_("must be an object"),
    "model_attributes_type": N_("must be an object"),
    "string_type": N_("must be a text"),
}


class Part(BaseModel):
    """One object of a body: fields that nobody knows are ignored, and null is the same as missing."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, sent: Any) -> Any:
        return {k: v for k, v in sent.items() if v is not None} if isinstance(sent, dict) else sent


Read = TypeVar("Read")
Faults = tuple[tuple[str, str], ...]


def read_strictly(
    read: Callable[[], Read],
    reasons: Mapping[str, str] | None = None,
    restated: Callable[[Faults], Faults] = tuple,
) -> Read:
    """What *read* makes of a body; raises BodyUnreadable with (place, reason) of what pydantic or `fields` refuse.

    *reasons* are as for `faults_of`; *restated* may name the places otherwise, or add to them. The error has no
    context: that of pydantic may repeat what was sent.
    """
    try:
        return read()
    except ValidationError as invalid:
        faults = faults_of(invalid, reasons)
    except FieldError as fault:
        faults = ((fault.place, fault.reason),)
    raise BodyUnreadable(faults=restated(faults))


def faults_of(invalid: ValidationError, reasons: Mapping[str, str] | None = None) -> Faults:
    """(place, reason) of each of pydantic's findings, in our words: its own may repeat what was sent.

    *reasons* are those of one source, by pydantic's type of error.
    """
    return tuple(
        _fault(error, {**_REASONS, **(reasons or {})})
        for error in invalid.errors(include_url=False, include_input=False)
    )


def _fault(error: Any, reasons: Mapping[str, str]) -> tuple[str, str]:
    cause = error.get("ctx", {}).get("error")
    reason = cause.reason if isinstance(cause, FieldError) else reasons.get(error["type"], N_("cannot be read"))
    return ".".join(map(str, error["loc"])) or "body", reason
