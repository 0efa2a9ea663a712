"""Names of people, teams, calendars, questions and places, as they are kept and shown."""

from __future__ import annotations

import unicodedata

# They turn the rest of a line around: "by <name>" must not rewrite the sentence it stands in.
# https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tidy_name(name: str) -> str:
    """The name on one line, without signs that control how others read it; empty when nothing can be seen of it.

    A letter that is half of a pair is no letter, and no database takes it.
    """
    kept = "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in name)
    tidy = " ".join("".join(sign for sign in kept if sign not in TURNING).split())
    return tidy if any(unicodedata.category(sign)[0] in "LNPS" for sign in tidy) else ""
