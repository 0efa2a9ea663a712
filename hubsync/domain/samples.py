"""Sample answers that no guest gave, for a preview and for a test record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hubsync.domain.questions import Kind, Part, Question
from hubsync.domain.values import AnswerValue
from hubsync.errors import N_

_CODE = re.compile(r"[a-z0-9]{8}")


@dataclass(frozen=True, slots=True)
class Sample:
    """Who the made-up guest is. Mail to example.com goes nowhere, and HubSpot takes such addresses (RFC 2606)."""

    company: str
    name: str
    email: str
    text: str


EXAMPLE = Sample(N_("Acme Trading"), N_("Mika Sato"), "mika.sato@acme.example.com", N_("Example"))
"""What a preview is filled in with before there is a booking, in its reader's words and order of names."""


def is_code(text: str) -> bool:
    """Whether *text* can be the code that marks a test."""
    return bool(_CODE.fullmatch(text))


def mark_of(code: str) -> str:
    """What the names of test records are, so that nobody takes them for a lead."""
    return f"HubSync test {code}"


def sample_of_test(code: str) -> Sample:
    """The guest of the test *code*: an e-mail address and a domain that nobody else has."""
    mark = mark_of(code)
    return Sample(mark, "Test Guest", f"hubsync-test@test-{code}.example.com", mark)


def sample_answers(questions: Iterable[Question], sample: Sample) -> dict[int, AnswerValue]:
    """An answer of the right kind to every question."""
    return {question.id: _answer(question, sample) for question in questions}


def _answer(question: Question, sample: Sample) -> AnswerValue:
    if question.part is Part.COMPANY:
        return sample.company
    if question.kind in (Kind.SINGLE_CHOICE, Kind.SEVERAL_CHOICES):
        first = question.choices[:1]
        return first if question.kind is Kind.SEVERAL_CHOICES else first[0] if first else None
    by_kind: dict[Kind, AnswerValue] = {
        Kind.NAME: sample.name,
        Kind.EMAIL: sample.email,
        Kind.PHONE: "000-0000-0000",
        Kind.NUMBER: "100",
        Kind.DATE: "2030-01-31",
        Kind.CHECK_BOX: True,
    }
    return by_kind.get(question.kind, sample.text)
