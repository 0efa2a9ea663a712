"""Hints for the mapping editor, from what is edited, what HubSpot has, and what it refused lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from hubsync.domain.hints import EMAIL_ROW, Hint, MappingSeen, RowSeen, find_hints
from hubsync.domain.information import Information, Origin, parse_information
from hubsync.domain.mapping import PropertyType, Section
from hubsync.domain.outcomes import Outcome
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import HubSyncError
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.storage import EMAIL, EditedMapping, EditedRow, SavedMapping
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery

LOOKED_AT = 200
"""So many of the team's latest deliveries are asked for refusals."""

_PARTS = {Section.COMPANIES: "company", Section.CONTACTS: "contact"}


@dataclass(frozen=True)
class RecentRefusals:
    """What HubSpot's answers of late tell about an account: properties that new records need (*required*), those
    of one calendar's rows whose value it did not take (*not_taken*), and those that it refuses whatever the value
    is (*refused*)."""

    required: Mapping[Section, tuple[str, ...]] = field(default_factory=dict)
    not_taken: Mapping[Section, frozenset[str]] = field(default_factory=dict)
    refused: Mapping[Section, Mapping[str, str]] = field(default_factory=dict)


def hint_mapping(
    edited: EditedMapping,
    saved: SavedMapping,
    known: KnownProperties,
    offer: InformationChoices,
    lately: RecentRefusals,
) -> list[Hint]:
    """What to say about *edited*; *lately* is what `read_recent_refusals` found."""
    types = {(section, each.name): each.type for section, found in known.by_section.items() for each in found} | {
        (Section(row.section), row.property_name): _type(row.property_type)
        for row in saved.stored
        if known.find(Section(row.section), row.property_name) is None
    }
    questions = {question.id: question for question in offer.questions}
    rows = []
    for section in Section:
        placed = list(enumerate(edited.rows(section)))
        if section is Section.CONTACTS:
            placed.insert(0, (EMAIL_ROW, EditedRow(EMAIL, edited.email)))
        for place, row in placed:
            if row.is_empty:
                continue
            information = read_information(row.information)
            is_question = information is not None and information.origin is Origin.QUESTION
            rows.append(
                RowSeen(
                    section=section,
                    place=place,
                    property_name=row.property_name,
                    property_type=types.get((section, row.property_name), "string"),
                    information=information,
                    question=questions.get(information.question_id)
                    if information is not None and is_question
                    else None,
                    property_gone=place != EMAIL_ROW
                    and bool(row.property_name)
                    and known.is_gone(section, row.property_name),
                )
            )
    writable = {section: frozenset(each.name for each in found) for section, found in known.by_section.items()}
    switches = edited.companies_on, edited.contacts_on
    return find_hints(
        MappingSeen(*switches, tuple(rows), lately.required, writable, lately.not_taken, lately.refused)
    )


def read_recent_refusals(team_id: int, calendar_id: int) -> RecentRefusals:
    """What the team's latest deliveries into its present account tell about the mapping of this calendar.

    HubSpot's definitions do not tell which properties an account requires, its refusals do. A refusal counts
    until this calendar has a newer record of the same kind; values count that this calendar's newest record had
    to do without.
    https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
    """
    account_id = select(Connection.hubspot_account_id).where(Connection.team_id == team_id).scalar_subquery()
    latest = db.session.execute(
        select(Delivery.calendar_id, Delivery.company, Delivery.contact, Delivery.remarks)
        .where(Delivery.team_id == team_id, Delivery.hubspot_account_id == account_id)
        .order_by(Delivery.id.desc())
        .limit(LOOKED_AT)
    ).all()
    properties: dict[Section, dict[str, None]] = {section: {} for section in Section}
    not_taken: dict[Section, frozenset[str]] = {}
    for delivery in latest:
        for section in Section:
            if section in not_taken:  # what is older than this calendar's newest record does not count
                continue
            remarks = [each for each in delivery.remarks if each.get("section") == section.value]
            if delivery.calendar_id == calendar_id and getattr(delivery, _PARTS[section]) == Outcome.CREATED:
                not_taken[section] = frozenset(
                    each["property"] for each in remarks if each["kind"] == RemarkKind.DROPPED
                )
                continue
            for remark in remarks:
                if remark["kind"] == RemarkKind.REFUSED and remark["code"] == "required_property_missing":
                    properties[section].update(dict.fromkeys(remark["properties"]))
    required = {section: tuple(names) for section, names in properties.items() if names}
    return RecentRefusals(required, not_taken, read_refused(team_id))


def read_information(token: str) -> Information | None:
    """What a pull-down was left at; None for nothing and for what is no information."""
    try:
        return parse_information(token)
    except HubSyncError:
        return None


def _type(stored: str) -> PropertyType:
    return "number" if stored == "number" else "string"
