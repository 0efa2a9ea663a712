"""Proposed rows in a mapping that is being edited; nothing is saved here."""

from __future__ import annotations

from dataclasses import replace

from hubsync.domain.mapping import Section
from hubsync.domain.proposals import ExistingRow, Proposal, WritableProperty, propose_rows
from hubsync.hubspot.properties import arrange
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.hints import read_information
from hubsync.services.mapping.storage import EMAIL, EditedMapping, EditedRow
from hubsync.services.mapping.validation import MOST_ROWS


def add_proposals(
    edited: EditedMapping, known: KnownProperties, offer: InformationChoices
) -> tuple[EditedMapping, list[Proposal]]:
    """*edited* with proposed rows, and which they are; what a person selected stays as it is.

    Rows that have a property and no information are completed, wholly empty ones used first. Sections that are
    off get nothing; a section gets no more than 100 rows.
    """
    on = {Section.COMPANIES: edited.companies_on, Section.CONTACTS: edited.contacts_on}
    sections = [section for section in Section if on[section]]
    rows_there = [(section, row) for section in Section for row in edited.rows(section) if row.property_name]
    rows_there.append((Section.CONTACTS, EditedRow(EMAIL, edited.email)))
    taken = [
        ExistingRow(section, row.property_name, read_information(row.information), waits=not row.information)
        for section, row in rows_there
    ]
    made = propose_rows(offer.questions, _writable(known), taken, sections)
    kept: list[Proposal] = []
    for section in sections:
        rows = list(edited.rows(section))
        for each in (each for each in made if each.section is section):
            if section is Section.CONTACTS and each.property_name == EMAIL:
                edited = replace(edited, email=each.information.token)
                kept.append(each)
            elif _put(rows, EditedRow(each.property_name, each.information.token)):
                kept.append(each)
        edited = edited.with_rows(section, rows)
    return edited, kept


def _put(rows: list[EditedRow], row: EditedRow) -> bool:
    """Put the row where its property waits for information, else into an empty row, else at the end."""
    for name in (row.property_name, ""):
        for place, waiting in enumerate(rows):
            if waiting.property_name == name and not waiting.information:
                rows[place] = replace(row, when_exists=waiting.when_exists)
                return True
    if len(rows) >= MOST_ROWS:
        return False
    rows.append(row)
    return True


def _writable(known: KnownProperties) -> dict[Section, tuple[WritableProperty, ...]]:
    """The account's properties under the names they are offered with."""
    return {
        section: tuple(
            WritableProperty(each.name, each.label, each.type)
            for group in arrange(found, section)
            for each in group.properties
        )
        for section, found in known.by_section.items()
    }
