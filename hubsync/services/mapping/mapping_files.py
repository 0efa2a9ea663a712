"""Mappings as files: what is written of a calendar's, and a file as a mapping that can be copied."""

from __future__ import annotations

from typing import Any

from hubsync.domain.information import Origin
from hubsync.domain.mapping import Section
from hubsync.domain.mapping_file import FiledMapping, FiledMeetings, FiledRow, questions_in_use, write_mapping_file
from hubsync.services.mapping.choices import InformationChoices, offer_information
from hubsync.services.mapping.hints import read_information
from hubsync.services.mapping.storage import EMAIL, EditedMapping, EditedRow, SavedMapping, load_mapping
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRow


def export_mapping(calendar: Calendar) -> str | None:
    """The file of the calendar's mapping as it is saved; None when HubSpot was not added to the calendar."""
    saved, offer = load_mapping(calendar.id), offer_information(calendar)
    if not saved.version:
        return None
    rows = tuple(
        FiledRow(
            Section(each.section),
            each.property_name,
            each.property_label,
            each.property_type,
            each.information,
            each.when_exists,
        )
        for each in saved.stored
    )
    tokens = [each.token for each in rows]
    return write_mapping_file(
        FiledMapping(
            calendar=calendar.name,
            companies_on=saved.edited.companies_on,
            contacts_on=saved.edited.contacts_on,
            rows=rows,
            questions=questions_in_use(offer.questions, tokens),
            deleted={number: label for number, label in offer.deleted.items() if _is_used(number, tokens)},
            associates_existing=saved.edited.associates_existing,
            owner=saved.edited.owner,
            meetings=_filed_meetings(saved.edited),
        )
    )


def as_copied(filed: FiledMapping) -> tuple[SavedMapping, InformationChoices]:
    """What `copying.copy_mapping` takes: the file as the mapping of a calendar that asks the file's questions."""
    stored = tuple(
        MappingRow(
            section=each.section.value,
            position=position,
            property_name=each.property_name,
            property_label=each.property_label,
            property_type=each.property_type,
            information=each.token,
            when_exists=each.when_exists,
        )
        for position, each in enumerate(filed.rows)
    )
    email, rows = "", {section: list[EditedRow]() for section in Section}
    for each in filed.rows:
        if each.section is Section.CONTACTS and each.property_name == EMAIL:
            email = each.token
        else:
            rows[each.section].append(EditedRow(each.property_name, each.token, each.when_exists))
    edited = EditedMapping(
        active=True,
        companies_on=filed.companies_on,
        contacts_on=filed.contacts_on,
        email=email,
        companies=tuple(rows[Section.COMPANIES]),
        contacts=tuple(rows[Section.CONTACTS]),
        associates_existing=filed.associates_existing,
        owner=filed.owner,
        **_edited_meetings(filed.meetings),
    )
    return SavedMapping(1, edited, stored), InformationChoices(filed.questions, filed.deleted, filed.params)


def _filed_meetings(edited: EditedMapping) -> FiledMeetings | None:
    if not edited.meeting_title:
        return None
    return FiledMeetings(edited.meetings_on, edited.meeting_title, edited.meeting_body)


def _edited_meetings(filed: FiledMeetings | None) -> dict[str, Any]:
    if filed is None:
        return {}
    return {"meetings_on": filed.on, "meeting_title": filed.title, "meeting_body": filed.body}


def _is_used(question_id: int, tokens: list[str]) -> bool:
    read = (read_information(token) for token in tokens)
    return any(
        each is not None and each.origin is Origin.QUESTION and each.question_id == question_id for each in read
    )
