"""Notes on what of a booking could not be read as its source sent it: stored with it, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

LONGEST_SHOWN = 2_000
"""How many characters are kept of what could not be read."""


class NoteCode(StrEnum):
    """What became of it."""

    UNREADABLE = "unreadable"
    """It is no text, list, number or truth value; its question has no answer."""
    CUT = "cut"
    """Only its beginning was taken."""
    ANSWERED_TWICE = "answered_twice"
    """What the source named of the guest differs from the answer under that label, which counts."""
    NO_QUESTION = "no_question"
    """It is kept with the booking and belongs to no question."""


@dataclass(frozen=True, slots=True)
class Note:
    """One such thing: the *place* in what was sent, and what it said as far as it is kept (*shown*).

    *label* is the question's or the URL parameter's; *question_id* is 0 where there is no question.
    """

    code: NoteCode
    place: str
    label: str = ""
    shown: str = field(default="", repr=False)
    question_id: int = 0

    def stored(self) -> dict[str, Any]:
        """The note as the bookings table keeps it."""
        kept = {"code": self.code.value, "place": self.place, "label": self.label, "shown": self.shown}
        return {**kept, "question": self.question_id}


def read_note(stored: Mapping[str, Any]) -> Note:
    """The note that `Note.stored` wrote down."""
    return Note(NoteCode(stored["code"]), stored["place"], stored["label"], stored["shown"], stored["question"])
