"""A calendar with its questions and the usual mapping, for tests of every kind."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hubsync.domain.questions import Part
from hubsync.services import now
from hubsync.services.calendars.source_calendars import add_default_questions
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord, MappingRow

ROWS = (
    ("companies", "name", Part.COMPANY, ""),
    ("companies", "domain", Part.EMAIL, ""),
    ("contacts", "email", Part.EMAIL, ""),
    ("contacts", "lastname", Part.NAME, ":before_space"),
    ("contacts", "firstname", Part.NAME, ":after_space"),
)


def add_mapped(session: Session, calendar: Calendar) -> None:
    """Add *calendar*, the questions that every calendar begins with, and a mapping of them."""
    session.add(calendar)
    session.flush()
    by_part = {row.part: row.id for row in add_default_questions(session, calendar)}
    mapping = MappingRecord(calendar_id=calendar.id, updated_at=now())
    session.add(mapping)
    session.flush()
    session.add_all(
        MappingRow(
            mapping_id=mapping.id,
            section=section,
            position=position,
            property_name=name,
            property_label=name,
            property_type="string",
            information=f"question:{by_part[part.value]}{piece}",
        )
        for position, (section, name, part, piece) in enumerate(ROWS)
    )
