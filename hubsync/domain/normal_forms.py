"""Unicode normal forms, in time linear in the text's length whatever it holds.

Python sorts the marks that follow a letter by insertion, so that the time for a run of them is the square of its
length, with every thread of the process waiting: 65,536 take seconds. No language sets more than a few marks on
one letter; Unicode itself bounds a run at 30. https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format
"""

from __future__ import annotations

import unicodedata
from typing import Literal

_MOST_MARKS = 30
_SHORT = 500
"""Characters that are normalised as they are: however they are sorted, it takes no time."""


def nfkc(text: str) -> str:
    """*text* in NFKC; of the marks on one letter in a long text 30 are kept."""
    return in_form("NFKC", text)


def in_form(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The same in any of the normal forms."""
    if len(text) > _SHORT and not text.isascii():
        text = _with_bounded_marks(text)
    return unicodedata.normalize(form, text)


def _with_bounded_marks(text: str) -> str:
    kept, run = [], 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
