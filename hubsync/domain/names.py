"""Names of people, teams, calendars, questions and places, as they are kept and shown."""

from __future__ import annotations

import unicodedata

# They turn the rest of a line around: "by <name>" must not rewrite the sentence it stands in.
# https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


MOST_LETTERS, MOST_WORDS = 20, 3
"""What a name that can be nothing else has at most."""
_WITHIN_WORDS = frozenset("'’-・")


def is_plain_name(name: str) -> bool:
    """Whether *name* can be nothing but somebody's name: a few letters in at most three words.

    A mail that a stranger may get says no other: no address, number or sentence has room in it.
    """
    letters = [sign for sign in name if sign != " " and sign not in _WITHIN_WORDS]
    return 0 < len(letters) <= MOST_LETTERS and len(name.split()) <= MOST_WORDS and all(map(_is_letter, letters))


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM"


def tidy_name(name: str) -> str:
    """The name on one line, without signs that control how others read it; empty when nothing can be seen of it.

    A letter that is half of a pair is no letter, and no database takes it.
    """
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in name)
    tidy = " ".join("".join(sign for sign in kept if sign not in TURNING).split())
    return tidy if any(unicodedata.category(sign)[0] in "LNPS" for sign in tidy) else ""
