"""Proposed mapping rows, from the kinds and labels of a calendar's questions.

Nothing that a person selected is changed, no property gets a second row, and no question is proposed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hubsync.domain.information import Information, Origin, Piece
from hubsync.domain.labels import about_company, forms, normalised
from hubsync.domain.mapping import PropertyType, Section
from hubsync.domain.property_names import ABOUT_COMPANIES, FULL_NAMES, properties_called, property_names
from hubsync.domain.questions import Kind, Part, Question

EMAIL = "email"
_NUMERIC = frozenset({Kind.NUMBER, Kind.TEXT, Kind.LONG_TEXT, Kind.SINGLE_CHOICE})
_OTHER_HALF = {
    Piece.FAMILY_NAME: Piece.GIVEN_NAME,
    Piece.GIVEN_NAME: Piece.FAMILY_NAME,
    Piece.BEFORE_SPACE: Piece.AFTER_SPACE,
    Piece.AFTER_SPACE: Piece.BEFORE_SPACE,
}
_PART_PROPERTIES = ((Section.COMPANIES, "name", Part.COMPANY), (Section.COMPANIES, "domain", Part.EMAIL))


@dataclass(frozen=True, slots=True)
class WritableProperty:
    """A property that a row can fill; *label* is the account's own."""

    name: str
    label: str
    type: PropertyType


@dataclass(frozen=True, slots=True)
class ExistingRow:
    """A row that is there already; *waits* for information, or has some (None for what cannot be read)."""

    section: Section
    property_name: str
    information: Information | None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row worth having. For `email` among the contacts it is the fixed row Email(Required)."""

    section: Section
    property_name: str
    information: Information


def propose_rows(
    questions: Sequence[Question],
    writable: Mapping[Section, Sequence[WritableProperty]],
    taken: Iterable[ExistingRow],
    sections: Iterable[Section] = tuple(Section),
) -> list[Proposal]:
    """The rows that *questions* suggest besides those that are *taken*, in the order a person would write them.

    A taken row that waits for information may be completed. The default questions go where everybody wants them;
    the others by their labels.
    """
    placement = _Placement(writable, list(taken), tuple(sections))
    for question in questions:
        _by_label(placement, question)
    _by_part(placement, questions)
    _names(placement, questions)
    return sorted(placement.made, key=lambda made: (list(Section).index(made.section), _rank(made)))


class _Placement:
    """What is free, and what was proposed so far."""

    def __init__(
        self,
        writable: Mapping[Section, Sequence[WritableProperty]],
        taken: list[ExistingRow],
        sections: tuple[Section, ...],
    ) -> None:
        self.sections = sections
        self.known = {section: {each.name: each for each in writable.get(section, ())} for section in sections}
        self.filled = {(row.section, row.property_name) for row in taken if not row.waits}
        self.rows = taken
        self.made: list[Proposal] = []

    def free(self, section: Section, name: str) -> bool:
        """Whether the property exists and nothing goes into it yet."""
        fixed = section is Section.CONTACTS and name == EMAIL and section in self.sections
        return (fixed or name in self.known.get(section, ())) and (section, name) not in self.filled

    def uses(self, section: Section, question: Question) -> list[tuple[str, Information]]:
        """(property, information) of the section's rows that take something from *question*."""
        rows = [(row.property_name, row.information) for row in self.rows if row.section is section]
        rows += [(made.property_name, made.information) for made in self.made if made.section is section]
        return [
            (name, told)
            for name, told in rows
            if told is not None and told.origin is Origin.QUESTION and told.question_id == question.id
        ]

    def put(self, section: Section, name: str, information: Information) -> None:
        self.filled.add((section, name))
        self.made.append(Proposal(section, name, information))


def _by_label(placement: _Placement, question: Question) -> None:
    """The first free property that is called what the question is called.

    The second question of a label is something else than the first one, and nothing says what.
    """
    if question.part is not None or question.kind is Kind.NAME or question.number > 1:
        return
    if any(placement.uses(section, question) for section in Section):
        return
    asks_for_guest = bool(set(forms(question.label)) & _full_names())
    for section, name in _called(placement, question):
        if asks_for_guest and section is Section.COMPANIES:
            continue  # the property of a company's name is called "name", too
        if placement.free(section, name) and _fits(placement, section, name, question):
            placement.put(section, name, Information.question(question.id))
            return


def _called(placement: _Placement, question: Question) -> Iterator[tuple[Section, str]]:
    """(section, property) of everything that may be meant, the closest first."""
    of_company, rest = about_company(question.label)
    asked = forms(question.label)
    for form in asked:
        yield from _ordered(placement, form, of_company)
    if of_company:
        for form in forms(rest):
            yield from _ordered(placement, form, of_company, only=Section.COMPANIES)


def _ordered(
    placement: _Placement, form: str, of_company: bool, only: Section | None = None
) -> Iterator[tuple[Section, str]]:
    hits = []
    for section in placement.sections if only is None else (only,):
        for rank, name in enumerate(_names_of(placement, section, form)):
            home = Section.COMPANIES if of_company or name in ABOUT_COMPANIES else Section.CONTACTS
            hits.append((section is not home, rank, section, name))
    yield from ((section, name) for _away, _rank_, section, name in sorted(hits, key=lambda hit: hit[:2]))


def _names_of(placement: _Placement, section: Section, form: str) -> Iterator[str]:
    """The properties of the section that are called *form*: by the account's words first, then by ours."""
    for each in placement.known.get(section, {}).values():
        if form in (normalised(each.label), normalised(each.name)):
            yield each.name
    yield from properties_called(section).get(form, ())


def _fits(placement: _Placement, section: Section, name: str, question: Question) -> bool:
    if section is Section.CONTACTS and name == EMAIL:
        return question.kind is Kind.EMAIL
    return placement.known[section][name].type != "number" or question.kind in _NUMERIC


def _by_part(placement: _Placement, questions: Sequence[Question]) -> None:
    """The default questions where everybody wants them; for want of that of the e-mail the first of its kind."""
    emails = [question for question in questions if question.kind is Kind.EMAIL]
    by_part = {question.part: question for question in questions if question.part is not None}
    if Part.EMAIL not in by_part and emails:
        by_part[Part.EMAIL] = emails[0]
    for section, name, part in (*_PART_PROPERTIES, (Section.CONTACTS, EMAIL, Part.EMAIL)):
        question = by_part.get(part)
        fits = question is not None and (part is not Part.EMAIL or question.kind is Kind.EMAIL)
        if (
            question is not None
            and fits
            and placement.free(section, name)
            and not placement.uses(section, question)
        ):
            placement.put(section, name, Information.question(question.id))


def _names(placement: _Placement, questions: Sequence[Question]) -> None:
    """The two parts of the guest's name, unless somebody maps it whole already."""
    names = [question for question in questions if question.kind is Kind.NAME]
    chosen = next((each for each in names if each.part is Part.NAME), None)
    if chosen is None:
        whole = (each for each in names if set(forms(each.label)) & _full_names())
        chosen = next(whole, names[0] if names else None)
    if chosen is None or Section.CONTACTS not in placement.sections:
        return
    pieces = {"lastname": Piece.FAMILY_NAME, "firstname": Piece.GIVEN_NAME}
    for used, told in placement.uses(Section.CONTACTS, chosen):
        if told.piece is Piece.HONORIFIC:
            continue
        if told.piece is None or used not in pieces:
            return
        other = "firstname" if used == "lastname" else "lastname"
        pieces[other] = _OTHER_HALF[told.piece]  # as the person divides names
    for name, piece in pieces.items():
        if placement.free(Section.CONTACTS, name):
            placement.put(Section.CONTACTS, name, Information.question(chosen.id, piece))


@cache
def _full_names() -> frozenset[str]:
    """What labels of the guest's whole name are looked up by."""
    return frozenset(form for each in FULL_NAMES for form in forms(each))


def _rank(made: Proposal) -> int:
    """The place of a property in the help article's order; those of the account's own come after."""
    order = ["email", "lastname", "firstname"] if made.section is Section.CONTACTS else ["name", "domain"]
    order += [name for name in property_names()[made.section] if name not in order]
    return order.index(made.property_name) if made.property_name in order else len(order)
