"""Which information goes into which HubSpot property."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from hubsync.domain.information import Fact, Information, Origin, Piece, parse_information
from hubsync.domain.questions import AnswerValue, Kind

__all__ = [
    "Answered",
    "Draft",
    "Fact",
    "Information",
    "LeftOut",
    "LeftOutCode",
    "MappingRows",
    "Material",
    "Origin",
    "Piece",
    "PropertyType",
    "Row",
    "Section",
    "parse_information",
]

PropertyType = Literal["string", "number"]


class Section(StrEnum):
    """The two halves of a mapping: Setting of Companies, Setting of Contacts."""

    COMPANIES = "companies"
    CONTACTS = "contacts"


class LeftOutCode(StrEnum):
    """Why a row is not in the draft as the guest's words would have it."""

    NOT_A_NUMBER = "not_a_number"
    FREE_EMAIL_DOMAIN = "free_email_domain"
    NO_DOMAIN_IN_IT = "no_domain_in_it"
    QUESTION_DELETED = "question_deleted"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Row:
    """HubSpot Property Name <- Information to be obtained; ``property_name`` is HubSpot's internal name."""

    section: Section
    property_name: str
    property_label: str
    property_type: PropertyType
    information: Information


@dataclass(frozen=True, slots=True)
class MappingRows:
    """A calendar's mapping: the two switches and the rows in their order."""

    companies_on: bool
    contacts_on: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the answer it got; the value is None when it got none."""

    kind: Kind
    label: str
    value: AnswerValue = field(repr=False)


@dataclass(frozen=True, slots=True)
class Material:
    """What rows are filled from.

    ``answers`` names every question the calendar has, unanswered ones with the value None, and those that
    this booking answered before they were deleted: a row that asks for any other id asks for a deleted
    question. ``facts`` are keyed by `Fact`.
    """

    answers: Mapping[int, Answered]
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    url_params: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that could not be sent as it is (``cut``: that was sent, shortened).

    ``shown`` is the beginning of what the guest gave, for the delivery's page only: it must not reach a
    log, a notice or an error message.
    """

    section: Section
    property_name: str
    property_label: str
    code: LeftOutCode
    shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be posted: property name to value; None where the section is off or gave nothing."""

    company: dict[str, str] | None = field(repr=False)
    contact: dict[str, str] | None = field(repr=False)
    left_out: tuple[LeftOut, ...] = ()
