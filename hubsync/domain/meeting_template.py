"""Templates of a meeting's title and body: text with names in braces, such as ``{guest_name}`` or ``{Comment}``.

A name is one of the booking's facts or the label of a question, nothing else: there is no format, no attribute
and no call to be written. A question whose label is the name of a fact is named ``{question: Language}``. A
question is kept by its id, ``{#12}``, so that it may be given another label. ``{{`` and ``}}`` are single braces.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hubsync.domain.normal_forms import nfkc
from hubsync.domain.values import clean_text

LONGEST_TITLE, LONGEST_BODY = 300, 5_000
"""Characters of a template."""
LONGEST_SENT_TITLE = 500
DEFAULT_TITLE = "{calendar}: {guest_name}"
DEFAULT_BODY = "{guest_name}\n{guest_email}\n{company}"
_PIECE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
_KEPT_QUESTION = re.compile(r"#([1-9][0-9]{0,17})", re.ASCII)
_QUESTION = "question:"
_UNFIT = str.maketrans({"{": None, "}": None, "\n": " "})


class TemplateFact(StrEnum):
    """A fact of a booking under the name that templates know it by."""

    GUEST_NAME = "guest_name"
    GUEST_EMAIL = "guest_email"
    COMPANY = "company"
    CALENDAR = "calendar"
    HOST = "host"
    START = "start"
    LOCATION = "location"
    SOURCE = "source"
    LANGUAGE = "language"
    BOOKING_PAGE = "booking_page"


@dataclass(frozen=True, slots=True)
class MeetingTemplates:
    """The title and body of a calendar's meetings, as they are kept."""

    title: str = DEFAULT_TITLE
    body: str = ""


class UnknownName(ValueError):
    """A template has a name that nothing goes by; ``name`` is it, "" for a brace that stands alone."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read_template(typed: str, questions: Iterable[tuple[str, int]]) -> str:
    """The *typed* template as it is kept; *questions* are labels with ids, the first of a label counts.

    Raises UnknownName.
    """
    by_label: dict[str, int] = {}
    for label, number in questions:
        by_label.setdefault(_folded(name_of(label)), number)

    def kept(match: re.Match[str]) -> str:
        name = match[1]
        if match[0] in ("{{", "}}"):
            return match[0]
        if name is None:
            raise UnknownName("")
        folded = _folded(name)
        if folded in set(TemplateFact):
            return f"{{{folded}}}"
        if folded not in by_label:
            raise UnknownName(name.strip()[:100])
        return f"{{#{by_label[folded]}}}"

    return _PIECE.sub(kept, clean_text(typed))


def show_template(kept: str, questions: Mapping[int, str]) -> str:
    """A template as people read and write it; a question that is no more is shown by its number."""

    def shown(match: re.Match[str]) -> str:
        question = _KEPT_QUESTION.fullmatch(match[1] or "")
        label = questions.get(int(question[1])) if question is not None else None
        return match[0] if label is None else f"{{{name_of(label)}}}"

    return _PIECE.sub(shown, kept)


def name_of(label: str) -> str:
    """The name by which templates know a question of this *label*: without braces, and never that of a fact."""
    name = label.translate(_UNFIT)
    return f"{_QUESTION} {name}" if _folded(name) in set(TemplateFact) else name


def unknown_names(typed: str, questions: Iterable[tuple[str, int]]) -> list[str]:
    """Every name in the *typed* template that nothing goes by, each once."""
    labels, unknown = list(questions), dict[str, None]()
    for match in _PIECE.finditer(typed):
        try:
            read_template(match[0], labels)
        except UnknownName as fault:
            unknown[fault.name] = None
    return [name for name in unknown if name]


def questions_in(kept: str) -> list[int]:
    """The ids of the questions that a kept template names, each once."""
    named = (_KEPT_QUESTION.fullmatch(match[1] or "") for match in _PIECE.finditer(kept))
    return list(dict.fromkeys(int(each[1]) for each in named if each is not None))


def fill_title(kept: str, facts: Mapping[str, str], answers: Mapping[int, str]) -> str:
    """The title: one line of text."""
    text = " ".join(_fill(kept, facts, answers).split())
    return text[:LONGEST_SENT_TITLE].strip(" :-–—|,")


def fill_body(kept: str, facts: Mapping[str, str], answers: Mapping[int, str]) -> str:
    """The body as HTML, in which nothing of what was typed or answered is markup.

    A line whose names all gave nothing is left out, and so are empty lines at both ends.
    """
    return "<br>".join(html.escape(each) for each in body_lines(kept, facts, answers))


def body_lines(kept: str, facts: Mapping[str, str], answers: Mapping[int, str]) -> list[str]:
    """The lines of the body as text."""
    lines: list[str] = []
    for line in kept.split("\n"):
        named = [match[1] for match in _PIECE.finditer(line) if match[1] is not None]
        if named and not any(_value(name, facts, answers) for name in named):
            continue
        lines += _fill(line, facts, answers).split("\n")
    return "\n".join(lines).strip("\n").split("\n") if any(lines) else []


def _fill(kept: str, facts: Mapping[str, str], answers: Mapping[int, str]) -> str:
    def filled(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return _value(match[1], facts, answers)

    return _PIECE.sub(filled, kept)


def _value(name: str, facts: Mapping[str, str], answers: Mapping[int, str]) -> str:
    question = _KEPT_QUESTION.fullmatch(name)
    return clean_text(answers.get(int(question[1]), "") if question is not None else facts.get(name, ""))


def _folded(name: str) -> str:
    return " ".join(nfkc(name).casefold().split())
