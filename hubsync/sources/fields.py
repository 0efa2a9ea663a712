"""The single values in a source's body: cleaned, capped, or refused with a reason that repeats nothing.

Each function takes what JSON gave and returns the value or raises `Fault`, whatever the input.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hubsync.domain.email_address import email_in
from hubsync.domain.questions import AnswerValue
from hubsync.domain.values import clean_text
from hubsync.errors import N_

_LONGEST_IDENTIFIER = 255
_LONGEST_TEXT = 1_000
_LONGEST_LABEL = 300
_LONGEST_PARAM = 2_000
_MOST_PARAMS = 100
_MOST_CHOICES = 500
_MOST_DIGITS = 100
_UNFIT_FOR_KEYS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST_ZONE = 64
_HOUSE_ZONES = {"localtime", "posixrules"}  # names of this machine's own zone, not of the guest's
_FIRST_YEAR, _LAST_YEAR = 1970, 2200  # leaves room to convert between zones without overflow


class Fault(ValueError):
    """A value cannot be taken; ``reason`` says why without repeating it."""

    def __init__(self, reason: str, *, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


def plain_text(value: Any) -> str:
    """A short text, cleaned; empty for null; a number as its digits."""
    if value is None:
        return ""
    return _scalar(value, _LONGEST_TEXT)


def email_address(value: Any) -> str:
    """The guest's address as it was read; what is none is kept in one line as it came, to be corrected later."""
    text = "" if value is None else _scalar(value, None)
    found = email_in(text)
    return str(found) if found is not None else " ".join(text[:_LONGEST_TEXT].split())


def identifier(value: Any) -> str:
    """A booking's or calendar's id: a text or whole number that is not changed, only trimmed.

    Cleaning could make two ids one, so characters that cannot be kept are refused.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Fault(N_("must be a text"))
    text = _digits(value) if isinstance(value, int) else value.strip()
    if not text:
        raise Fault(N_("is empty"))
    if len(text) > _LONGEST_IDENTIFIER:
        raise Fault(N_("is too long"))
    if _UNFIT_FOR_KEYS.search(text):
        raise Fault(N_("has characters that cannot be kept"))
    return text


def label(value: Any) -> str:
    """A question's label in one line, its first 300 characters."""
    if not isinstance(value, str):
        raise Fault(N_("must be a text"))
    text = " ".join(clean_text(value).split())
    if not text:
        raise Fault(N_("is empty"))
    return text[:_LONGEST_LABEL]


def answer_value(value: Any) -> AnswerValue:
    """An answer: text, list of texts, number as its digits, true, false, or None for null and nothing."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        if len(value) > _MOST_CHOICES:
            raise Fault(N_("has too many entries"))
        texts = (_scalar(part, None) for part in value if part is not None)
        return tuple(text for text in texts if text) or None
    return _scalar(value, None) or None


def url_params(value: Any) -> dict[str, str]:
    """URL parameters by name; names that nothing could ask for and empty values are dropped."""
    if not isinstance(value, dict):
        raise Fault(N_("must be an object"))
    if len(value) > _MOST_PARAMS:
        raise Fault(N_("has too many entries"))
    read = {}
    for name, given in value.items():
        text = "" if given is None else _scalar(given, None)[:_LONGEST_PARAM]
        if text and len(name) <= 100 and not _UNFIT_FOR_KEYS.search(name):
            read[name] = text
    return read


def time_zone(value: Any) -> str:
    """The IANA name if there is such a zone, else empty: a booking does not fail for it."""
    return value if isinstance(value, str) and _zone(value) else ""


def moment(value: Any) -> datetime:
    """A time in ISO 8601, with or without an offset; a day alone is not enough."""
    if not isinstance(value, str) or not 11 < len(value) < 50:
        raise Fault(N_("must be a time like 2026-01-31T10:00:00+09:00"))
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        raise Fault(N_("must be a time like 2026-01-31T10:00:00+09:00")) from None
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        raise Fault(N_("is out of range"))
    return read


def place_in_time(read: datetime, zone_name: str, place: str) -> datetime:
    """*read* made aware: as it is when it has an offset, else in *zone_name*."""
    if read.utcoffset() is not None:
        return read
    zone = _zone(zone_name)
    if zone is None:
        raise Fault(N_("has no offset, and the guest has no time zone"), place=place)
    return read.replace(tzinfo=zone)


def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name; ZoneInfo raises one of several errors for what is none, folders included."""
    if len(name) > _LONGEST_ZONE or name in _HOUSE_ZONES:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _scalar(value: Any, longest: int | None) -> str:
    """A text, number or truth value as cleaned text."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | Decimal):
        return _digits(value)
    if not isinstance(value, str):
        raise Fault(N_("must be a text"))
    text = clean_text(value)
    if longest is not None and len(text) > longest:
        raise Fault(N_("is too long"))
    return text


def _digits(number: int | Decimal) -> str:
    """The number written out, without an exponent; refused before it would fill the memory."""
    written = Decimal(number)
    exponent = written.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _MOST_DIGITS or abs(written.adjusted()) > _MOST_DIGITS:
        raise Fault(N_("is too long"))
    return format(written, "f")
