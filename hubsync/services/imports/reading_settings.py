"""Settings of a calendar that the rows of an import are read by, kept with the import from their check on.

Somebody may change the calendar's time zone, or what a question is, while rows are being taken in: these are read
to the last as they were looked at and confirmed.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from hubsync.domain.imports.moments import DayOrder
from hubsync.domain.imports.rows import Plan
from hubsync.domain.questions import Kind, Part, Question
from hubsync.services.import_files import open_headings
from hubsync.store import db
from hubsync.store.calendars import Calendar
from hubsync.store.imports import BookingImport

Settings = dict[str, Any]
"""As JSON: *zone*, *minutes*, and of each of the *questions* its id, kind, part and choices."""


def settings_of(calendar: Calendar) -> Settings:
    """By what rows would be read now, nothing of it being what guests see alone."""
    questions = [[each.id, each.kind.value, each.part, list(each.choices)] for each in calendar.asked()]
    return {"zone": calendar.time_zone, "minutes": calendar.duration_minutes, "questions": questions}


def plan_of(booking_import: BookingImport) -> Plan:
    """How the rows of the import are read: as its columns are matched, by what was asked at their check."""
    calendar = db.session.get_one(Calendar, booking_import.calendar_id)
    settings = booking_import.read_by or settings_of(calendar)
    return Plan(
        calendar_id=calendar.id,
        headings=open_headings(booking_import),
        columns=tuple(booking_import.columns),
        questions={each[0]: _question(*each) for each in settings["questions"]},
        zone=ZoneInfo(settings["zone"]),
        minutes=settings["minutes"],
        order=DayOrder(booking_import.day_order) if booking_import.day_order else None,
    )


def is_outdated(booking_import: BookingImport) -> bool:
    """Whether the rows would be read by other settings than they were checked by."""
    return booking_import.read_by != settings_of(booking_import.calendar)


def _question(question_id: int, kind: str, part: str | None, choices: list[str]) -> Question:
    return Question(
        question_id,
        label="",
        kind=Kind(kind),
        required=False,
        choices=tuple(choices),
        part=Part(part) if part else None,
    )
