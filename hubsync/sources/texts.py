"""Values of answers as HubSync stores them: as sent, cut, or noted as unreadable.

Nothing is raised here: a value that cannot be taken costs that value and never the booking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hubsync.domain.notes import LONGEST_SHOWN, Note, NoteCode
from hubsync.domain.values import AnswerValue, answer_text, clean_text

LONGEST_ANSWER = 65_536
LONGEST_NUMBER = 1_000
MOST_CHOICES = 500

_MOST_EXPONENT = 100
_DEEPEST = 4
_WRAPPING = {"value", "label"}


@dataclass(frozen=True, slots=True)
class AcceptedValue:
    """A value as it is kept, and what became of the one that was sent (``shown`` is its beginning)."""

    value: AnswerValue
    code: NoteCode | None = None
    shown: str = field(default="", repr=False)

    def note(self, place: str, label: str = "") -> Note | None:
        return None if self.code is None else Note(self.code, place, label, self.shown)


def take_answer(value: Any) -> AcceptedValue:
    """An answer: text, choices, number as its digits, true, false, or None for null and for nothing at all.

    An object is an option of a form: it counts as its ``value``, or where that says nothing as its ``label``, if
    it has nothing but those; a list as its entries, which are texts, numbers, truth values or such objects.
    Everything else is unreadable.
    """
    try:
        taken = _take(value, _DEEPEST)
    except _Unreadable:
        return AcceptedValue(None, NoteCode.UNREADABLE, as_written(value))
    if isinstance(taken, tuple):
        kept = tuple(part[:LONGEST_ANSWER] for part in taken[:MOST_CHOICES])
        return AcceptedValue(kept or None, None if kept == taken else NoteCode.CUT)
    if isinstance(taken, str) and len(taken) > LONGEST_ANSWER:
        return AcceptedValue(taken[:LONGEST_ANSWER], NoteCode.CUT)
    return AcceptedValue(None if taken == "" else taken)


def take_text(value: Any, longest: int) -> AcceptedValue:
    """The same as one text of at most *longest* characters; a truth value is unreadable."""
    if isinstance(value, bool):
        return AcceptedValue(None, NoteCode.UNREADABLE, as_written(value))
    taken = take_answer(value)
    text = answer_text(taken.value)
    if len(text) > longest:
        return AcceptedValue(clean_text(text[:longest]), NoteCode.CUT)
    return AcceptedValue(text or None, taken.code, taken.shown)


def text_of(taken: AcceptedValue) -> str:
    """The text that was taken; empty for none."""
    return answer_text(taken.value)


def as_written(value: Any, longest: int | None = LONGEST_SHOWN) -> str:
    """*value* as JSON, its beginning, for people who look for what came."""
    if isinstance(value, str):
        return clean_text(value)[:longest]
    try:
        return clean_text(json.dumps(value, ensure_ascii=False, default=str)[:longest])
    except (RecursionError, ValueError):
        return ""


class _Unreadable(Exception):
    pass


def _take(value: Any, deepest: int) -> AnswerValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, int | Decimal):
        return _digits(value)
    if isinstance(value, list):
        return tuple(text for text in (_entry(part, deepest) for part in value if part is not None) if text)
    if isinstance(value, Mapping) and value.keys() <= _WRAPPING and deepest:
        wrapped = _take(value.get("value"), deepest - 1)
        return _take(value.get("label"), deepest - 1) if wrapped in (None, "", ()) else wrapped
    raise _Unreadable


def _entry(value: Any, deepest: int) -> str:
    """One entry of a list as text; a list in a list has no text that means the same."""
    taken = () if isinstance(value, list) else _take(value, deepest)
    if isinstance(taken, tuple):
        raise _Unreadable
    return answer_text(taken)


def _digits(number: int | Decimal) -> str:
    """The number written out; one that would need hundreds of zeros keeps its exponent."""
    written = Decimal(number)
    exponent = written.as_tuple().exponent
    plain = isinstance(exponent, int) and abs(exponent) <= _MOST_EXPONENT
    text = format(written, "f") if plain else str(written)
    if len(text) > LONGEST_NUMBER:
        raise _Unreadable
    return text
