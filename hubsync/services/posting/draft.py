"""Draft of a stored booking by the mapping of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from hubsync.config import settings
from hubsync.domain.email_domains import is_free
from hubsync.domain.information import Fact, parse_information
from hubsync.domain.mapping import (
    AnsweredQuestion,
    Draft,
    FilledRow,
    MappingInput,
    MappingRows,
    Row,
    Section,
    fill_rows,
    make_draft,
)
from hubsync.domain.notes import read_note
from hubsync.domain.questions import Kind
from hubsync.domain.values import AnswerValue, time_text
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.mappings import MappingRecord

# Built once, for every delivery asks: building a statement takes longer than running it.
_MAPPING = (
    select(MappingRecord)
    .where(MappingRecord.calendar_id == bindparam("calendar_id"))
    .options(joinedload(MappingRecord.rows), joinedload(MappingRecord.calendar))
    .execution_options(populate_existing=True)
)
_QUESTIONS = select(QuestionRow.id, QuestionRow.kind, QuestionRow.label, QuestionRow.deleted_at).where(
    QuestionRow.calendar_id == bindparam("calendar_id")
)


@dataclass(frozen=True)
class MappedDraft:
    """A draft, and whether its mapping is switched on."""

    draft: Draft
    active: bool


def mapping_of(calendar_id: int) -> MappingRecord | None:
    """The calendar's mapping as stored, or None when HubSpot was not added to this calendar."""
    return db.session.scalars(_MAPPING, {"calendar_id": calendar_id}).unique().one_or_none()


def draft_booking(booking: BookingRecord) -> MappedDraft | None:
    """Return the draft of *booking* by the mapping of this moment; None without a mapping."""
    record = mapping_of(booking.calendar_id)
    if record is None:
        return None
    # The team was read just now, with the mapping.
    own = frozenset(record.calendar.team.own_free_domains)
    draft = draft_input(own, rows_of(record), material_of(booking))
    return MappedDraft(draft, record.active)


def draft_input(own_free: frozenset[str], mapping: MappingRows, material: MappingInput) -> Draft:
    """The draft of *material* by *mapping*; *own_free* are free e-mail domains too, the team's own."""
    return make_draft(mapping, material, partial(is_free, additions=own_free))


def fill(own_free: frozenset[str], mapping: MappingRows, material: MappingInput) -> list[FilledRow]:
    """The same row by row, as a preview shows it."""
    return fill_rows(mapping, material, partial(is_free, additions=own_free))


def material_of(booking: BookingRecord) -> MappingInput:
    """What rows are filled from when *booking* is posted."""
    return MappingInput(
        answers=_answers(booking), facts=_facts(booking, booking.calendar), url_params=booking.url_params
    )


def sample_material(
    calendar: Calendar,
    answers: Mapping[int, AnswerValue],
    url_params: Mapping[str, str],
    starts_at: datetime | None,
    *,
    location: str = "",
    locale: str = "",
) -> MappingInput:
    """What rows would be filled from if a guest answered like this.

    *starts_at* is aware, None for a booking without an appointment.
    """
    booking = BookingRecord(
        source=calendar.source,
        starts_at=starts_at,
        host=calendar.owner.shown,
        location=location,
        locale=locale,
        calendar_id=calendar.id,
    )
    asked = {each.id: AnsweredQuestion(each.kind, each.label, answers.get(each.id)) for each in calendar.asked()}
    return MappingInput(answers=asked, facts=_facts(booking, calendar), url_params=dict(url_params))


def rows_of(record: MappingRecord) -> MappingRows:
    """The stored rows as the domain reads them."""
    rows = tuple(
        Row(
            section=Section(row.section),
            property_name=row.property_name,
            property_label=row.property_label,
            property_type="number" if row.property_type == "number" else "string",
            information=parse_information(row.information),
        )
        for row in record.rows
    )
    return MappingRows(companies_on=record.companies_on, contacts_on=record.contacts_on, rows=rows)


def _answers(booking: BookingRecord) -> dict[int, AnsweredQuestion]:
    """Every question the calendar has, and those deleted since that this booking still answered."""
    questions = db.session.execute(_QUESTIONS, {"calendar_id": booking.calendar_id})
    notes = {note.question_id: note.code for note in map(read_note, booking.notes)}
    return {
        question.id: AnsweredQuestion(
            Kind(question.kind),
            question.label,
            booking.answer_to(question.id),
            notes.get(question.id),
        )
        for question in questions
        if question.deleted_at is None or str(question.id) in booking.answers
    }


def _facts(booking: BookingRecord, calendar: Calendar) -> dict[str, str]:
    return {
        Fact.START: time_text(booking.starts_at, calendar.time_zone) if booking.starts_at else "",
        Fact.CALENDAR: calendar.name,
        Fact.BOOKING_PAGE: f"{settings().base_url}/book/{calendar.slug}",
        Fact.HOST: booking.host,
        Fact.SOURCE: booking.source,
        Fact.LOCATION: booking.location,
        Fact.LANGUAGE: booking.locale,
    }
