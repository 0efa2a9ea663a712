"""One answer as HubSpot's string or number.

What HubSpot takes: https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide (digits and
at most one decimal point, no thousands separators; strings up to 65,536 characters).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hubsync.domain.information import Piece

AnswerValue = str | tuple[str, ...] | bool | None
"""One answer: a text (numbers and dates too), several choices, a check box, or nothing."""

LONGEST = 65_536
"""How many characters HubSpot keeps of a string."""

_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u2060\ufeff"
_LONGEST_NUMBER = 400  # characters; more than any double has, and short enough to try


def clean_text(text: str) -> str:
    """*text* without what no database or JSON can carry (NUL, lone surrogates), trimmed, lines ended by \\n.

    Trimming takes every kind of space, U+3000 and zero-width ones included, so that an answer of nothing
    but those counts as empty.
    """
    kept = _UNKEEPABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return kept.strip(_SPACES)


def number_text(text: str) -> str | None:
    """The number in *text* as HubSpot reads one (``-1234.5``), or None when it is none.

    Full-width digits count, commas only as groups of three, the dot is the decimal point. Raised and
    lowered digits do not: NFKC would make 102 of "10²".
    """
    if len(text) > _LONGEST_NUMBER or any("<su" in unicodedata.decomposition(sign) for sign in text):
        return None
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    digits = found[2].replace(",", "")
    return ("-" if found[1] == "-" else "") + ("0" + digits if digits.startswith(".") else digits)


def date_text(text: str) -> str | None:
    """The day in *text* as ``2026-01-31``, or None; the year comes first, separated by ``-``, ``/`` or ``.``."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text[:40]).strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4])).isoformat()
    except ValueError:
        return None


def time_text(moment: datetime, timezone: str) -> str:
    """*moment* (aware) in the calendar's zone, to the second: ``2026-01-31T10:00:00+09:00``.

    Raises ZoneInfoNotFoundError for a zone that does not exist.
    """
    return moment.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")


def answer_text(value: AnswerValue, piece: Piece | None = None) -> str:
    """The answer as one trimmed text; empty when there is none.

    Several choices are joined with ", ", a check box is Yes or No. *piece* takes the text before or after
    the first space, of whatever language: between them the two lose nothing but that space.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return ", ".join(part for part in map(clean_text, value) if part)
    text = clean_text(value)
    if piece is None:
        return text
    before, after = (*text.split(maxsplit=1), "", "")[:2]
    return before if piece is Piece.BEFORE_SPACE else after


def cut(text: str) -> tuple[str, bool]:
    """*text* as far as HubSpot keeps it, and whether anything was cut off."""
    return text[:LONGEST], len(text) > LONGEST
