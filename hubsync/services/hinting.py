"""Hints for the mapping editor, from what is edited, what HubSpot has, and what it refused lately."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from hubsync.domain.hints import EMAIL_ROW, Hint, MappingSeen, RowSeen, find_hints
from hubsync.domain.mapping import Information, Origin, PropertyType, Section, parse_information
from hubsync.errors import HubSyncError
from hubsync.services.editing_mapping import EMAIL, EditedMapping, EditedRow, Saved
from hubsync.services.offering import Offer
from hubsync.services.reading_properties import KnownProperties
from hubsync.store import db
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery

LOOKED_AT = 200
"""So many of the team's latest deliveries are asked for refusals."""

_PARTS = {Section.COMPANIES: "company", Section.CONTACTS: "contact"}

Required = Mapping[Section, tuple[str, ...]]


def hint_mapping(
    edited: EditedMapping, saved: Saved, known: KnownProperties, offer: Offer, required: Required
) -> list[Hint]:
    """What to say about *edited*; *required* is what `required_properties` found."""
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
            if row == EditedRow():
                continue
            told = read_information(row.information)
            is_question = told is not None and told.origin is Origin.QUESTION
            rows.append(
                RowSeen(
                    section=section,
                    place=place,
                    property_name=row.property_name,
                    property_type=types.get((section, row.property_name), "string"),
                    information=told,
                    question=questions.get(told.question_id) if told is not None and is_question else None,
                    property_gone=place != EMAIL_ROW
                    and bool(row.property_name)
                    and known.is_gone(section, row.property_name),
                )
            )
    writable = {section: frozenset(each.name for each in found) for section, found in known.by_section.items()}
    return find_hints(MappingSeen(edited.companies_on, edited.contacts_on, tuple(rows), required, writable))


def required_properties(team_id: int, calendar_id: int) -> dict[Section, tuple[str, ...]]:
    """The properties for the lack of which HubSpot refused records of this team lately, the newest first.

    HubSpot's definitions do not tell which properties an account requires, its refusals do. A refusal counts
    until this calendar has a newer record of the same kind, in the account the team is connected to now.
    https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
    """
    account_id = select(Connection.hubspot_account_id).where(Connection.team_id == team_id).scalar_subquery()
    latest = db.session.execute(
        select(Delivery.calendar_id, Delivery.company, Delivery.contact, Delivery.remarks)
        .where(Delivery.team_id == team_id, Delivery.hubspot_account_id == account_id)
        .order_by(Delivery.id.desc())
        .limit(LOOKED_AT)
    ).all()
    found: dict[Section, dict[str, None]] = {section: {} for section in Section}
    settled: set[Section] = set()
    for delivery in latest:
        for section in Section:
            if section in settled:
                continue
            if delivery.calendar_id == calendar_id and getattr(delivery, _PARTS[section]) == "created":
                settled.add(section)
                continue
            for remark in delivery.remarks:
                refused = remark.get("kind") == "refused" and remark.get("section") == section.value
                if refused and remark.get("code") == "required_property_missing":
                    found[section].update(dict.fromkeys(map(str, remark.get("properties", ()))))
    return {section: tuple(names) for section, names in found.items() if names}


def read_information(token: str) -> Information | None:
    """What a pull-down was left at; None for nothing and for what is no information."""
    try:
        return parse_information(token)
    except HubSyncError:
        return None


def _type(stored: str) -> PropertyType:
    return "number" if stored == "number" else "string"
