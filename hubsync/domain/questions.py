"""What a guest is asked, and whether what was typed will do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

AnswerValue = str | tuple[str, ...] | bool | None
"""One answer: a text (numbers and dates too), several choices, a check box, or nothing."""


class Kind(StrEnum):
    """What sort of answer a question takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    SINGLE_CHOICE = "single_choice"
    SEVERAL_CHOICES = "several_choices"
    CHECK_BOX = "check_box"
    DATE = "date"


class Part(StrEnum):
    """Which of the four default questions this is; sources fill them from what they know of the guest."""

    COMPANY = "company"
    NAME = "name"
    EMAIL = "email"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a guest is asked; ``supplement`` is the explanation below the label."""

    id: int
    label: str
    kind: Kind
    required: bool
    choices: tuple[str, ...] = ()
    supplement: str = ""
    part: Part | None = None


DEFAULT_QUESTIONS = (
    Question(1, "Company Name", Kind.TEXT, required=False, part=Part.COMPANY),
    Question(2, "Name", Kind.NAME, required=True, part=Part.NAME),
    Question(3, "Email", Kind.EMAIL, required=True, part=Part.EMAIL),
    Question(4, "Comment", Kind.LONG_TEXT, required=False, part=Part.COMMENT),
)
"""What a new calendar asks; the ids are only their order here, a store gives its own."""
