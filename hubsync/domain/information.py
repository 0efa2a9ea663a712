"""Information to be obtained: what a mapping row takes out of a booking, and its text form.

The stored text is ``question:12``, ``question:12:family_name`` (or another `Piece`), ``fact:start`` or
``param:utm_source``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from hubsync.errors import N_, Refused


class Origin(StrEnum):
    """Where the information comes from."""

    QUESTION = "question"
    FACT = "fact"
    PARAM = "param"


class Piece(StrEnum):
    """Which part of a name; the last two are the text before or after its first space, whatever that is."""

    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    HONORIFIC = "honorific"
    """Mr., Dr., 様 and their like, which are in none of the two names."""
    BEFORE_SPACE = "before_space"
    AFTER_SPACE = "after_space"


class Fact(StrEnum):
    """Facts of the booking itself."""

    START = "start"
    CALENDAR = "calendar"
    BOOKING_PAGE = "booking_page"
    HOST = "host"
    SOURCE = "source"
    LOCATION = "location"
    """Where guest and host meet: an address, a number, a link."""
    LANGUAGE = "language"
    """The guest's, as the source names it."""


_QUESTION = re.compile(
    r"question:([1-9][0-9]{0,17})(?::(family_name|given_name|honorific|before_space|after_space))?"
)
_PARAM = re.compile(r"param:([^\s\x00-\x1f\x7f:]{1,100})")


@dataclass(frozen=True, slots=True)
class Information:
    """One entry of the pull-down "Information to be obtained".

    ``question_id`` is 0 unless the origin is a question; ``name`` is the fact's or the URL parameter's.
    Make one with `question`, `fact`, `param` or `parse_information`.
    """

    origin: Origin
    question_id: int = 0
    piece: Piece | None = None
    name: str = ""

    @classmethod
    def question(cls, question_id: int, piece: Piece | None = None) -> Information:
        """The answer to a question, or one piece of it."""
        return cls(Origin.QUESTION, question_id=question_id, piece=piece)

    @classmethod
    def fact(cls, fact: Fact) -> Information:
        """A fact of the booking."""
        return cls(Origin.FACT, name=fact.value)

    @classmethod
    def param(cls, name: str) -> Information:
        """A URL parameter that the source hands over."""
        return cls(Origin.PARAM, name=name)

    @property
    def whole(self) -> Information:
        """What a piece is taken of: the same without the piece."""
        return self if self.piece is None else Information.question(self.question_id)

    @property
    def token(self) -> str:
        """The text that `parse_information` reads back into the same information."""
        if self.origin is not Origin.QUESTION:
            return f"{self.origin}:{self.name}"
        return f"question:{self.question_id}" + (f":{self.piece}" if self.piece else "")


def parse_information(text: str) -> Information:
    """Read a stored or submitted token; raises Refused for anything that is none."""
    if match := _QUESTION.fullmatch(text):
        return Information.question(int(match[1]), Piece(match[2]) if match[2] else None)
    if match := _PARAM.fullmatch(text):
        return Information.param(match[1])
    origin, _, name = text.partition(":")
    if origin == Origin.FACT and name in set(Fact):
        return Information.fact(Fact(name))
    raise Refused(N_("This information does not exist."), field="information")
