"""Draft of a stored booking by the mapping of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from hubsync.config import settings
from hubsync.domain.email_domains import is_free
from hubsync.domain.information import Fact
from hubsync.domain.mapping import (
    AnsweredQuestion,
    Draft,
    FilledRow,
    MappingInput,
    MappingRows,
    fill_rows,
    make_draft,
)
from hubsync.domain.notes import read_note
from hubsync.domain.values import AnswerValue, time_text
from hubsync.services.posting.mapped_calendars import MappedCalendar, PostedQuestion, read_mapped, read_row
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord

_MAPPING = (
    select(MappingRecord)
    .where(MappingRecord.calendar_id == bindparam("calendar_id"))
    .options(joinedload(MappingRecord.rows), joinedload(MappingRecord.calendar))
    .execution_options(populate_existing=True)
)


class CalendarFacts(Protocol):
    """What bookings tell of their calendar: one of the session, or a `MappedCalendar`."""

    @property
    def name(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def time_zone(self) -> str: ...


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
    calendar = read_mapped(booking.calendar_id)
    draft = draft_mapped(calendar, booking)
    return MappedDraft(draft, calendar.rules.active) if draft is not None else None


def draft_mapped(calendar: MappedCalendar, booking: BookingRecord) -> Draft | None:
    """The draft of a *booking* of the calendar; None without a mapping."""
    if calendar.rules.mapping is None:
        return None
    return draft_input(calendar.own_free, calendar.rules.mapping, _material(calendar, booking))


def draft_input(own_free: frozenset[str], mapping: MappingRows, material: MappingInput) -> Draft:
    """The draft of *material* by *mapping*; *own_free* are free e-mail domains too, the team's own."""
    return make_draft(mapping, material, partial(is_free, additions=own_free))


def fill(own_free: frozenset[str], mapping: MappingRows, material: MappingInput) -> list[FilledRow]:
    """The same row by row, as a preview shows it."""
    return fill_rows(mapping, material, partial(is_free, additions=own_free))


def material_in(calendar: MappedCalendar, booking: BookingRecord) -> MappingInput:
    """What is known of a *booking* of the calendar."""
    return _material(calendar, booking)


def material_of(booking: BookingRecord) -> MappingInput:
    """What rows are filled from when *booking* is posted."""
    return _material(read_mapped(booking.calendar_id), booking)


def _material(calendar: MappedCalendar, booking: BookingRecord) -> MappingInput:
    answers = _answers(booking, calendar.rules.questions)
    return MappingInput(answers, _facts(booking, calendar), booking.url_params)


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
    rows = tuple(read_row(row) for row in record.rows)
    return MappingRows(record.companies_on, record.contacts_on, rows, record.associates_existing)


def _answers(booking: BookingRecord, questions: Sequence[PostedQuestion]) -> dict[int, AnsweredQuestion]:
    """Every question the calendar has, and those deleted since that this booking still answered."""
    notes = {note.question_id: note.code for note in map(read_note, booking.notes)}
    return {
        question.id: AnsweredQuestion(
            question.kind,
            question.label,
            booking.answer_to(question.id),
            notes.get(question.id),
        )
        for question in questions
        if not question.deleted or str(question.id) in booking.answers
    }


def _facts(booking: BookingRecord, calendar: CalendarFacts) -> dict[str, str]:
    return {
        Fact.START: time_text(booking.starts_at, calendar.time_zone) if booking.starts_at else "",
        Fact.CALENDAR: calendar.name,
        Fact.BOOKING_PAGE: f"{settings().base_url}/book/{calendar.slug}",
        Fact.HOST: booking.host,
        Fact.SOURCE: booking.source,
        Fact.LOCATION: booking.location,
        Fact.LANGUAGE: booking.locale,
    }
