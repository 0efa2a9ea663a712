"""Guest questions, and validation of what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hubsync.domain.email_address import LONGEST_TYPED, EmailAddress, NoAddress, read_typed_email
from hubsync.domain.values import AnswerValue, clean_text, date_text, number_text
from hubsync.errors import N_


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
    """One thing a guest is asked; ``supplement`` is the explanation below the label.

    ``number`` is 2 for the second question that a source asks under one label, and so on.
    """

    id: int
    label: str
    kind: Kind
    required: bool
    choices: tuple[str, ...] = ()
    supplement: str = ""
    part: Part | None = None
    number: int = 1


DEFAULT_QUESTIONS = (
    Question(1, N_("Company Name"), Kind.TEXT, required=False, part=Part.COMPANY),
    Question(2, N_("Name"), Kind.NAME, required=True, part=Part.NAME),
    Question(3, N_("Email"), Kind.EMAIL, required=True, part=Part.EMAIL),
    Question(4, N_("Comment"), Kind.LONG_TEXT, required=False, part=Part.COMMENT),
)
"""What a new calendar asks; the ids are only their order here, a store gives its own.

Their labels are kept in English, and told in the reader's language until somebody calls them something else.
"""
UNLABELLED = N_("Without a label")
"""What a question is called whose answers come without a label; kept and told in the same way."""

Given = str | list[str] | bool | None
"""What a form hands over for one question."""


class Problem(StrEnum):
    """Why an answer will not do, beside `NoAddress` for e-mail addresses; pages turn it into a sentence."""

    REQUIRED = "required"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_CHOICE = "not_a_choice"
    NOT_A_DATE = "not_a_date"
    TOO_LONG = "too_long"


LONGEST = {Kind.NAME: 500, Kind.EMAIL: LONGEST_TYPED, Kind.PHONE: 100, Kind.NUMBER: 100, Kind.DATE: 40}
"""Characters of an answer, by kind; 10,000 for the other texts."""

_LONGEST_TEXT = 10_000


def check_answers(
    questions: Iterable[Question], given: Mapping[int, Given]
) -> tuple[dict[int, AnswerValue], dict[int, str]]:
    """The answers of all *questions* by id, and for those that will not do a `Problem` or `NoAddress` instead.

    An e-mail address is answered as it was read (`domain.email_address`). An unanswered question has the value
    None, an unticked check box False; a check box that is required has to be ticked. Answers to anything else
    than *questions* are ignored.
    """
    answers: dict[int, AnswerValue] = {}
    problems: dict[int, str] = {}
    for question in questions:
        value, problem = _check(question, given.get(question.id))
        if problem is None:
            answers[question.id] = value
        else:
            problems[question.id] = problem
    return answers, problems


def _check(question: Question, given: Given) -> tuple[AnswerValue, Problem | NoAddress | None]:
    if question.kind is Kind.CHECK_BOX:
        ticked = given is True or (given not in (None, False) and bool(_texts(given)))
        return ticked, Problem.REQUIRED if question.required and not ticked else None
    texts = _texts(given)
    if not texts:
        return None, Problem.REQUIRED if question.required else None
    if question.kind is Kind.SEVERAL_CHOICES:
        chosen = tuple(dict.fromkeys(texts))
        return chosen, None if set(chosen) <= set(question.choices) else Problem.NOT_A_CHOICE
    text = texts[0]
    if question.kind is Kind.SINGLE_CHOICE:
        return text, None if text in question.choices and len(texts) == 1 else Problem.NOT_A_CHOICE
    if len(text) > LONGEST.get(question.kind, _LONGEST_TEXT):
        return None, Problem.TOO_LONG
    return _read(question.kind, text)


def _read(kind: Kind, text: str) -> tuple[AnswerValue, Problem | NoAddress | None]:
    """One typed text as an answer of this kind."""
    if kind is Kind.EMAIL:
        address = read_typed_email(text)
        return (str(address), None) if isinstance(address, EmailAddress) else (text, address)
    if kind is Kind.NUMBER:
        number = number_text(text)
        return number, Problem.NOT_A_NUMBER if number is None else None
    if kind is Kind.DATE:
        day = date_text(text)
        return day, Problem.NOT_A_DATE if day is None else None
    return text, None


def _texts(given: Given) -> tuple[str, ...]:
    """What was typed or chosen, trimmed, without empty ones."""
    if isinstance(given, bool) or given is None:
        return ()
    texts = [given] if isinstance(given, str) else given
    return tuple(text for text in map(clean_text, texts) if text)
