"""Hints about a mapping that is valid, but may not do what was meant.

A hint never keeps anybody from saving: what does is a fault, and those are `checking_mapping`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hubsync.domain.information import Fact, Information, Origin
from hubsync.domain.mapping import PropertyType, Section
from hubsync.domain.questions import Kind, Question
from hubsync.domain.values import number_text

EMAIL_ROW = -1
"""The place of the fixed row Email(Required)."""

COMPANY_KEYS = ("name", "domain")


class HintCode(StrEnum):
    """What there is to say; pages turn it into a sentence."""

    PROPERTY_GONE = "property_gone"
    PROPERTY_REFUSED = "property_refused"
    QUESTION_GONE = "question_gone"
    MAY_BE_NO_NUMBER = "may_be_no_number"
    NEVER_A_NUMBER = "never_a_number"
    DOMAIN_OF_EMAIL = "domain_of_email"
    DOMAIN_OF_TEXT = "domain_of_text"
    NO_COMPANY_KEY = "no_company_key"
    OPTIONAL_COMPANY_KEY = "optional_company_key"
    OPTIONAL_EMAIL = "optional_email"
    HUBSPOT_MAY_ADD_COMPANIES = "hubspot_may_add_companies"
    REQUIRED_WITHOUT_ROW = "required_without_row"
    REQUIRED_NOT_WRITABLE = "required_not_writable"
    REQUIRED_BUT_OPTIONAL = "required_but_optional"
    NOT_TAKEN_LATELY = "not_taken_lately"


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint at a row, or at the section where *place* is None; *property_name* is whom it is about."""

    section: Section
    place: int | None
    code: HintCode
    property_name: str = ""


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row as it stands in the editor.

    *information* is None where nothing is selected. *question* is what it points at, None for everything that
    is no question of this calendar any more. *property_gone* says that HubSpot has no such property.
    """

    section: Section
    place: int
    property_name: str
    property_type: PropertyType
    information: Information | None
    question: Question | None = None
    property_gone: bool = False

    @property
    def question_gone(self) -> bool:
        return (
            self.information is not None and self.information.origin is Origin.QUESTION and self.question is None
        )

    @property
    def works(self) -> bool:
        """Whether the row can give anything."""
        return self.information is not None and not self.question_gone and not self.property_gone

    @property
    def optional(self) -> bool:
        """Whether a guest may leave it open; facts are always there, URL parameters mostly not."""
        if self.question is not None:
            return not self.question.required
        return self.information is not None and self.information.origin is Origin.PARAM


@dataclass(frozen=True, slots=True)
class MappingSeen:
    """The editor as it stands, Email(Required) among the rows of the contacts.

    *required* are the properties that HubSpot said it requires for new records, *not_taken* those whose value it
    did not take the last time, *refused* those that it refuses whatever their value is, *writable* those that rows
    can fill; an empty *writable* means that nothing is known about the section.
    """

    companies_on: bool
    contacts_on: bool
    rows: tuple[RowSeen, ...]
    required: Mapping[Section, tuple[str, ...]] = field(default_factory=dict)
    writable: Mapping[Section, frozenset[str]] = field(default_factory=dict)
    not_taken: Mapping[Section, frozenset[str]] = field(default_factory=dict)
    refused: Mapping[Section, Collection[str]] = field(default_factory=dict)

    def on(self, section: Section) -> bool:
        return self.companies_on if section is Section.COMPANIES else self.contacts_on

    def of(self, section: Section) -> tuple[RowSeen, ...]:
        return tuple(row for row in self.rows if row.section is section)


def find_hints(seen: MappingSeen) -> list[Hint]:
    """Everything worth saying about the mapping; a section that is off only says what is gone."""
    hints: list[Hint] = []
    for section in Section:
        rows = seen.of(section)
        for row in rows:
            hints += [Hint(section, row.place, code, row.property_name) for code in _gone(row)]
        if seen.on(section):
            for row in rows:
                hints += [Hint(section, row.place, code, row.property_name) for code in _about_the_value(row)]
                if row.property_name in seen.refused.get(section, ()):
                    if not row.property_gone:
                        hints.append(Hint(section, row.place, HintCode.PROPERTY_REFUSED, row.property_name))
                elif row.works and row.property_name in seen.not_taken.get(section, ()):
                    hints.append(Hint(section, row.place, HintCode.NOT_TAKEN_LATELY, row.property_name))
            hints += _required(seen, section)
    if seen.companies_on:
        hints += _company_keys(seen.of(Section.COMPANIES))
    if seen.contacts_on:
        hints += _contacts(seen)
    return hints


def _gone(row: RowSeen) -> Iterator[HintCode]:
    if row.property_gone:
        yield HintCode.PROPERTY_GONE
    if row.question_gone:
        yield HintCode.QUESTION_GONE


def _about_the_value(row: RowSeen) -> Iterator[HintCode]:
    if not row.works:
        return
    if row.property_type == "number":
        code = _as_number(row)
        if code is not None:
            yield code
    elif row.section is Section.COMPANIES and row.property_name == "domain":
        by_email = row.question is not None and row.question.kind is Kind.EMAIL
        yield HintCode.DOMAIN_OF_EMAIL if by_email else HintCode.DOMAIN_OF_TEXT


_NEVER_NUMBERS = frozenset({Kind.NAME, Kind.EMAIL, Kind.CHECK_BOX, Kind.DATE})


def _as_number(row: RowSeen) -> HintCode | None:
    """Whether what the row gives is a number: None for always, else how sure it is that it is not."""
    if row.question is None:
        fact = row.information is not None and row.information.origin is Origin.FACT
        sure = fact and row.information is not None and row.information.name != Fact.CALENDAR
        return HintCode.NEVER_A_NUMBER if sure else HintCode.MAY_BE_NO_NUMBER
    kind = row.question.kind
    if kind is Kind.NUMBER:
        return None
    if kind in _NEVER_NUMBERS:
        return HintCode.NEVER_A_NUMBER
    if kind in (Kind.SINGLE_CHOICE, Kind.SEVERAL_CHOICES):
        return _choices_as_numbers(row.question)
    return HintCode.MAY_BE_NO_NUMBER


def _choices_as_numbers(question: Question) -> HintCode | None:
    numbers = [number_text(choice) is not None for choice in question.choices]
    if not any(numbers):
        return HintCode.NEVER_A_NUMBER
    # Two numbers joined by a comma are none.
    sure = all(numbers) and question.kind is Kind.SINGLE_CHOICE
    return None if sure else HintCode.MAY_BE_NO_NUMBER


def _company_keys(rows: Iterable[RowSeen]) -> list[Hint]:
    keys = [row for row in rows if row.property_name in COMPANY_KEYS and row.works]
    if not keys:
        return [Hint(Section.COMPANIES, None, HintCode.NO_COMPANY_KEY)]
    if all(row.optional for row in keys):
        first = keys[0]
        return [Hint(Section.COMPANIES, first.place, HintCode.OPTIONAL_COMPANY_KEY, first.property_name)]
    return []


def _contacts(seen: MappingSeen) -> list[Hint]:
    email = next((row for row in seen.of(Section.CONTACTS) if row.place == EMAIL_ROW and row.works), None)
    if email is None:
        return []  # without an e-mail the mapping cannot be saved, which the fault at the row says
    hints = []
    if email.optional:
        hints.append(Hint(Section.CONTACTS, EMAIL_ROW, HintCode.OPTIONAL_EMAIL, email.property_name))
    domains = [row for row in seen.of(Section.COMPANIES) if row.property_name == "domain" and row.works]
    # Only the e-mail's own domain is what HubSpot would look for.
    if not (seen.companies_on and any(row.information == email.information for row in domains)):
        hints.append(Hint(Section.CONTACTS, None, HintCode.HUBSPOT_MAY_ADD_COMPANIES))
    return hints


def _required(seen: MappingSeen, section: Section) -> Iterator[Hint]:
    """What HubSpot refused new records for the lack of."""
    rows = {row.property_name: row for row in seen.of(section)}
    writable = seen.writable.get(section, frozenset())
    for name in seen.required.get(section, ()):
        row = rows.get(name)
        if row is not None and row.works:
            if row.optional:
                yield Hint(section, row.place, HintCode.REQUIRED_BUT_OPTIONAL, name)
        elif not writable or name in writable:
            yield Hint(section, None, HintCode.REQUIRED_WITHOUT_ROW, name)
        else:
            yield Hint(section, None, HintCode.REQUIRED_NOT_WRITABLE, name)
