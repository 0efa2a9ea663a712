"""Mapping: which information goes into which HubSpot property, and the draft that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from hubsync.domain.email_address import EmailAddress, NoAddress, read_email
from hubsync.domain.email_domains import domain_in
from hubsync.domain.information import Fact, Information, Origin, Piece
from hubsync.domain.matching import says_no_company
from hubsync.domain.notes import NoteCode
from hubsync.domain.questions import Kind
from hubsync.domain.shared_hosts import is_shared
from hubsync.domain.values import AnswerValue, answer_text, cut, number_text

PropertyType = Literal["string", "number"]


class Section(StrEnum):
    """The two halves of a mapping: Setting of Companies, Setting of Contacts."""

    COMPANIES = "companies"
    CONTACTS = "contacts"


class MappingState(StrEnum):
    """Whether the bookings of a calendar are posted."""

    NOT_SET_UP = "not_set_up"
    ACTIVE = "active"
    PAUSED = "paused"


class WhenExists(StrEnum):
    """What a row does where HubSpot has the record already. The values are stored; none is ever renamed."""

    LEAVE = "leave"
    FILL = "fill"
    """The property is filled if it is empty; nothing is ever overwritten."""


class LeftOutCode(StrEnum):
    """Why a row is not in the draft as the guest's words would have it."""

    NOT_A_NUMBER = "not_a_number"
    FREE_EMAIL_DOMAIN = "free_email_domain"
    SHARED_HOST = "shared_host"
    NO_DOMAIN_IN_IT = "no_domain_in_it"
    NO_COMPANY_NAME = "no_company_name"
    QUESTION_DELETED = "question_deleted"
    UNREADABLE = "unreadable"
    NO_TIME = "no_time"
    """The booking has no appointment (a lead), so there is no date and time."""
    NO_GIVEN_NAME = "no_given_name"
    """The name has one word, or cannot be divided with certainty: all of it is the family name."""
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Row:
    """HubSpot Property Name <- Information to be obtained; ``property_name`` is HubSpot's internal name."""

    section: Section
    property_name: str
    property_label: str
    property_type: PropertyType
    information: Information
    when_exists: WhenExists = WhenExists.LEAVE


@dataclass(frozen=True, slots=True)
class MappingRows:
    """A calendar's mapping: the two switches and the rows in their order.

    *associates_existing* says that a contact which HubSpot has already, and which has no company, is associated
    with the booking's.
    """

    companies_on: bool
    contacts_on: bool
    rows: tuple[Row, ...]
    associates_existing: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with the answer it got; the value is None when it got none.

    ``note`` says what of the answer could not be taken as the booking's source sent it.
    """

    kind: Kind
    label: str
    value: AnswerValue = field(repr=False)
    note: NoteCode | None = None


@dataclass(frozen=True, slots=True)
class MappingInput:
    """What rows are filled from.

    ``answers`` names every question the calendar has, unanswered ones with the value None, and those that
    this booking answered before they were deleted: a row that asks for any other id asks for a deleted
    question. ``facts`` are keyed by `Fact`.
    """

    answers: Mapping[int, AnsweredQuestion]
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    url_params: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that could not be sent as it is (``cut``: that was sent, shortened; a `NoAddress`: why it is none).

    ``shown`` is the beginning of what the guest gave, for the delivery's page only: it must not reach a
    log, a notice or an error message.
    """

    section: Section
    property_name: str
    property_label: str
    code: LeftOutCode | NoAddress
    shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Filling:
    """A value that goes into a record HubSpot has already, if its property is empty there."""

    section: Section
    property_name: str
    property_label: str
    is_number: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be posted: property name to value; None where the section is off or gave nothing.

    *fillings* are what of it may go into records that exist; *associates_existing* is the mapping's.
    """

    company: dict[str, str] | None = field(repr=False)
    contact: dict[str, str] | None = field(repr=False)
    left_out: tuple[LeftOut, ...] = ()
    fillings: tuple[Filling, ...] = ()
    associates_existing: bool = False

    @property
    def lacks_address(self) -> bool:
        """Whether there would be a contact if what the guest gave for its e-mail were an address."""
        return not (self.contact or {}).get("email") and any(
            isinstance(each.code, NoAddress) for each in self.left_out
        )


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row with what it was *given*, and the *text* that is sent, or that cannot be for the reason *code*.

    *given* is the whole name where the row takes a part of it.
    """

    row: Row
    given: str = field(repr=False)
    text: str = field(repr=False)
    code: LeftOutCode | NoAddress | None = None

    @property
    def is_sent(self) -> bool:
        """Whether the property is posted; an empty answer leaves its row out without a code."""
        return bool(self.text) and self.code in (None, LeftOutCode.CUT)


_IDENTITY = frozenset({(Section.CONTACTS, "email"), (Section.COMPANIES, "name"), (Section.COMPANIES, "domain")})
"""By what a record is found; of one that exists it stays as it is."""
_SHOWN = 100  # characters of an answer that a delivery shows beside the reason


def make_draft(mapping: MappingRows, material: MappingInput, is_free: Callable[[str], bool]) -> Draft:
    """Fill the rows from *material*; every row that cannot be sent as it is, is named in ``left_out``.

    Empty answers leave their row out without a word. *is_free* tells the e-mail domains that belong to no
    company. If a property is there twice, its first row that gives something counts.
    """
    records: dict[Section, dict[str, str]] = {section: {} for section in Section}
    left_out: list[LeftOut] = []
    fillings: list[Filling] = []
    for filled in fill_rows(mapping, material, is_free):
        row = filled.row
        if filled.code is not None:
            reason = (row.section, row.property_name, row.property_label, filled.code)
            left_out.append(LeftOut(*reason, shown=filled.text[:_SHOWN]))
        if filled.is_sent:
            records[row.section][row.property_name] = filled.text
            if row.when_exists is WhenExists.FILL and is_fillable(row.section, row.property_name):
                named = (row.section, row.property_name, row.property_label)
                fillings.append(Filling(*named, row.property_type == "number", filled.text))
    return Draft(
        records[Section.COMPANIES] or None,
        records[Section.CONTACTS] or None,
        tuple(left_out),
        tuple(fillings),
        mapping.associates_existing,
    )


def is_fillable(section: Section, property_name: str) -> bool:
    """Whether a row of this property may fill a record that exists."""
    return (section, property_name) not in _IDENTITY


def fill_rows(mapping: MappingRows, material: MappingInput, is_free: Callable[[str], bool]) -> list[FilledRow]:
    """Every row of a section that is on, with what *material* gives it; but for a property that is filled."""
    found: list[FilledRow] = []
    done: set[tuple[Section, str]] = set()
    for row in mapping.rows:
        switched_on = mapping.companies_on if row.section is Section.COMPANIES else mapping.contacts_on
        if not switched_on or (row.section, row.property_name) in done:
            continue
        filled = FilledRow(row, _obtain(row.information.whole, material) or "", *_fill(row, material, is_free))
        found.append(filled)
        if filled.is_sent:
            done.add((row.section, row.property_name))
    return found


def _fill(
    row: Row, material: MappingInput, is_free: Callable[[str], bool]
) -> tuple[str, LeftOutCode | NoAddress | None]:
    """The row's value with no code or ``cut``, or the text that cannot be sent with the reason."""
    text = _obtain(row.information, material)
    if text is None:
        return "", LeftOutCode.QUESTION_DELETED
    note = _note(row.information, material)
    if not text:
        return "", _why_empty(row.information, material, note)
    if row.property_type == "number":
        number = number_text(text)
        return (text, LeftOutCode.NOT_A_NUMBER) if number is None else (number, None)
    if row.section is Section.COMPANIES and row.property_name == "domain":
        domain = domain_in(text)
        if domain is None:
            return text, LeftOutCode.NO_DOMAIN_IN_IT
        if is_free(domain):
            return domain, LeftOutCode.FREE_EMAIL_DOMAIN
        return domain, LeftOutCode.SHARED_HOST if is_shared(text) else None
    if row.section is Section.COMPANIES and row.property_name == "name" and says_no_company(text):
        return text, LeftOutCode.NO_COMPANY_NAME
    if row.section is Section.CONTACTS and row.property_name == "email":
        address = read_email(text)
        return (str(address), None) if isinstance(address, EmailAddress) else (text, address)
    kept, was_cut = cut(text)
    return kept, LeftOutCode.CUT if was_cut or note is NoteCode.CUT else None


def _why_empty(information: Information, material: MappingInput, note: NoteCode | None) -> LeftOutCode | None:
    """Why there is nothing to send, where it is not that the guest gave no answer."""
    if note is NoteCode.UNREADABLE:
        return LeftOutCode.UNREADABLE
    if information.piece is Piece.GIVEN_NAME and _obtain(information.whole, material):
        return LeftOutCode.NO_GIVEN_NAME
    is_time = information.origin is Origin.FACT and information.name == Fact.START
    return LeftOutCode.NO_TIME if is_time else None


def _note(information: Information, material: MappingInput) -> NoteCode | None:
    answered = material.answers.get(information.question_id)
    return answered.note if answered is not None else None


def _obtain(information: Information, material: MappingInput) -> str | None:
    """The text that the information gives: empty for nothing given, None for a deleted question."""
    if information.origin is Origin.QUESTION:
        answered = material.answers.get(information.question_id)
        return None if answered is None else answer_text(answered.value, information.piece)
    given = material.facts if information.origin is Origin.FACT else material.url_params
    return answer_text(given.get(information.name))
