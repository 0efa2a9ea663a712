"""Conversion of one answer to HubSpot's string or number.

What HubSpot takes: https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide (digits and
at most one decimal point, no thousands separators; strings up to 65,536 characters).
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hubsync.domain.information import Piece
from hubsync.domain.name_parts import divide_name
from hubsync.domain.normal_forms import nfkc

AnswerValue = str | tuple[str, ...] | bool | None
"""One answer: a text (numbers and dates too), several choices, a check box, or nothing."""

LONGEST = 65_536
"""How many characters HubSpot keeps of a string.

It does not say what it counts; sent is what has no more in UTF-16, where most signs count once and an emoji twice.
"""

_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNKEEPABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Marks of zero width, of writing direction (Windows copies them along with addresses and phone numbers), and
# letters that are drawn as nothing.
UNSEEN = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\ufeff\uffa0" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
)
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + UNSEEN
_LONGEST_NUMBER = 400  # characters; more than any double has, and short enough to try
_NOT_PLAIN = ("<super>", "<sub>", "<circle>")


def clean_text(text: str) -> str:
    """*text* trimmed, its lines ended by \\n, without control characters but tabs and without lone surrogates.

    Trimming takes every kind of space, U+3000 and what is not seen at all included, so that an answer of nothing
    but those counts as empty.
    """
    return _UNKEEPABLE.sub("", _LINE_END.sub("\n", text)).strip(_SPACES)


def number_text(text: str) -> str | None:
    """The number in *text* as HubSpot reads one (``-1234.5``), or None when it is none.

    Full-width digits count, commas only as groups of three, the dot is the decimal point. Signs that only look
    like digits do not, for NFKC would make 102 of "10²" and 12 of "①②"; nor do numbers that no double holds.
    """
    if len(text) > _LONGEST_NUMBER or not all(map(_is_one_plain_sign, text)):
        return None
    plain = nfkc(text).replace("\u2212", "-").strip()
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return None
    digits = match[2].replace(",", "")
    if math.isinf(float(digits)):
        return None
    return ("-" if match[1] == "-" else "") + ("0" + digits if digits.startswith(".") else digits)


def _is_one_plain_sign(sign: str) -> bool:
    """Whether NFKC leaves *sign* one sign that means the same."""
    return not unicodedata.decomposition(sign).startswith(_NOT_PLAIN) and len(nfkc(sign)) == 1


def date_text(text: str) -> str | None:
    """The day in *text* as ``2026-01-31``, or None; the year comes first, separated by ``-``, ``/`` or ``.``."""
    match = _DATE.fullmatch(nfkc(text[:40]).strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        return None


def time_text(moment: datetime, timezone: str) -> str:
    """*moment* (aware) in the calendar's zone, to the second: ``2026-01-31T10:00:00+09:00``.

    Raises ZoneInfoNotFoundError for a zone that does not exist.
    """
    return moment.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")


def answer_text(value: AnswerValue, piece: Piece | None = None) -> str:
    """The answer as one trimmed text; empty when there is none.

    Several choices are joined with ", ", a check box is Yes or No. *piece* takes a part of a name
    (`hubsync.domain.name_parts`), or the text before or after the first space, of whatever language: between them
    the two lose nothing but that space.
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
    if piece in (Piece.BEFORE_SPACE, Piece.AFTER_SPACE):
        before, after = (*text.split(maxsplit=1), "", "")[:2]
        return clean_text(before if piece is Piece.BEFORE_SPACE else after)
    parts = divide_name(text)
    by_piece = {Piece.FAMILY_NAME: parts.family, Piece.GIVEN_NAME: parts.given, Piece.HONORIFIC: parts.honorific}
    return clean_text(by_piece[piece])


def cut(text: str) -> tuple[str, bool]:
    """*text* as far as HubSpot keeps it, trimmed again, and whether anything was cut off."""
    if len(text.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST:
        return text, False
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * LONGEST].decode("utf-16-le", "ignore")
    return kept.rstrip(_SPACES), True
