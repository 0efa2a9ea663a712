"""Required fields of a booking: read, or refused with a reason that repeats nothing.

Each function takes what JSON gave and returns the value or raises `FieldError`, whatever the input.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from hubsync.domain.email_address import email_in
from hubsync.domain.zones import zone_named
from hubsync.errors import N_

_LONGEST_IDENTIFIER = 255
_MOST_DIGITS = 100
_UNFIT_FOR_KEYS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LANGUAGE = re.compile(r"(?=.{2,35}\Z)[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE | re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1970, 2200  # leaves room to convert between zones without overflow


class FieldError(ValueError):
    """A value cannot be taken; ``reason`` says why without repeating it."""

    def __init__(self, reason: str, *, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


def email_address(text: str) -> str:
    """The guest's address as it was read; what is none is kept in one line as it came, to be corrected later."""
    address = email_in(text)
    return str(address) if address is not None else " ".join(text.split())


def identifier(value: Any) -> str:
    """A booking's or calendar's id: a text or whole number that is not changed, only trimmed.

    Cleaning could make two ids one, so characters that cannot be kept are refused.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldError(N_("must be a text"))
    text = value.strip() if isinstance(value, str) else _digits(value)
    if not text:
        raise FieldError(N_("is empty"))
    if len(text) > _LONGEST_IDENTIFIER:
        raise FieldError(N_("is too long"))
    if _UNFIT_FOR_KEYS.search(text):
        raise FieldError(N_("has characters that cannot be kept"))
    return text


def is_param_name(name: str, longest: int) -> bool:
    """Whether a URL parameter can be kept and asked for under this name."""
    return 0 < len(name) <= longest and not _UNFIT_FOR_KEYS.search(name)


def time_zone(value: Any) -> str:
    """The IANA name if there is such a zone, else empty: a booking does not fail for it."""
    return zone_named(value) if isinstance(value, str) else ""


def language_tag(value: Any) -> str:
    """The language as BCP 47 writes it, ``ja-JP``; empty for what is no such tag."""
    text = value.strip().replace("_", "-") if isinstance(value, str) else ""
    return text if _LANGUAGE.fullmatch(text) else ""


def moment(value: Any) -> datetime:
    """A time in ISO 8601, with or without an offset; a day alone is not enough."""
    if not isinstance(value, str) or not 11 < len(value) < 50:
        raise FieldError(N_("must be a time like 2026-01-31T10:00:00+09:00"))
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        raise FieldError(N_("must be a time like 2026-01-31T10:00:00+09:00")) from None
    if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
        raise FieldError(N_("is out of range"))
    return read


def place_in_time(read: datetime, zone_name: str, place: str) -> datetime:
    """*read* made aware: as it is when it has an offset, else in *zone_name*, as `time_zone` gave it.

    What is read in a zone keeps the offset of that moment and not the zone: half an hour behind a time with a zone
    is another moment where the clocks change in between, and a time that they strike twice equals no other.
    https://peps.python.org/pep-0495/#aware-datetime-instances
    """
    if read.utcoffset() is not None:
        return read
    if not zone_name:
        raise FieldError(N_("has no offset, and there is no time zone to read it in"), place=place)
    offset = read.replace(tzinfo=ZoneInfo(zone_name)).utcoffset()
    return read.replace(tzinfo=timezone(offset or timedelta()))


def _digits(number: int) -> str:
    if abs(number) >= 10**_MOST_DIGITS:
        raise FieldError(N_("is too long"))
    return str(number)
