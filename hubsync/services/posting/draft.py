"""Draft of a stored booking by the mapping of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

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
from hubsync.domain.plans import Plan
from hubsync.domain.questions import Kind
from hubsync.domain.values import AnswerValue, time_text
from hubsync.store import db, run
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.teams import Team

# Built once, for every delivery asks: building a statement takes longer than running it.
_CALENDAR, _TEAM, _SAVED, _ROW, _QUESTION = (
    each.__table__ for each in (Calendar, Team, MappingRecord, MappingRow, QuestionRow)
)
_MAPPED = (
    select(
        _TEAM.c.plan,
        _TEAM.c.own_free_domains,
        *(_CALENDAR.c[name] for name in ("name", "slug", "time_zone", "source")),
        *(_SAVED.c[name] for name in ("active", "companies_on", "contacts_on")),
        *(_ROW.c[name] for name in ("section", "property_name", "property_label", "property_type", "information")),
    )
    .select_from(_CALENDAR)
    .join(_TEAM, _TEAM.c.id == _CALENDAR.c.team_id)
    .outerjoin(_SAVED, _SAVED.c.calendar_id == _CALENDAR.c.id)
    .outerjoin(_ROW, _ROW.c.mapping_id == _SAVED.c.id)
    .where(_CALENDAR.c.id == bindparam("calendar_id"))
    .order_by(_ROW.c.section, _ROW.c.position)
)
_MAPPING = (
    select(MappingRecord)
    .where(MappingRecord.calendar_id == bindparam("calendar_id"))
    .options(joinedload(MappingRecord.rows), joinedload(MappingRecord.calendar))
    .execution_options(populate_existing=True)
)
_QUESTIONS = select(*(_QUESTION.c[name] for name in ("id", "kind", "label", "deleted_at"))).where(
    _QUESTION.c.calendar_id == bindparam("calendar_id")
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
class MappedCalendar:
    """A calendar as its bookings are posted: plain values, the mapping and the team's plan of this moment.

    *mapping* is None when HubSpot was not added to it; *active* says whether it is switched on.
    """

    id: int
    plan: Plan
    own_free: frozenset[str]
    name: str
    slug: str
    time_zone: str
    source: str
    active: bool
    mapping: MappingRows | None

    def draft(self, booking: BookingRecord) -> Draft | None:
        """The draft of one of its bookings; None without a mapping."""
        if self.mapping is None:
            return None
        material = MappingInput(_answers(booking), _facts(booking, self), booking.url_params)
        return draft_input(self.own_free, self.mapping, material)


@dataclass(frozen=True)
class MappedDraft:
    """A draft, and whether its mapping is switched on."""

    draft: Draft
    active: bool


def mapping_of(calendar_id: int) -> MappingRecord | None:
    """The calendar's mapping as stored, or None when HubSpot was not added to this calendar."""
    return db.session.scalars(_MAPPING, {"calendar_id": calendar_id}).unique().one_or_none()


def read_mapped(calendar_id: int) -> MappedCalendar:
    """The calendar with its mapping of this moment, which is its team's own: in one statement."""
    found = run(db.session(), _MAPPED, {"calendar_id": calendar_id}).all()
    first = found[0]
    rows = tuple(_read_row(row) for row in found if row.section is not None)
    return MappedCalendar(
        id=calendar_id,
        plan=first.plan,
        own_free=frozenset(first.own_free_domains),
        name=first.name,
        slug=first.slug,
        time_zone=first.time_zone,
        source=first.source,
        active=bool(first.active),
        mapping=MappingRows(first.companies_on, first.contacts_on, rows) if first.active is not None else None,
    )


def draft_booking(booking: BookingRecord) -> MappedDraft | None:
    """Return the draft of *booking* by the mapping of this moment; None without a mapping."""
    calendar = read_mapped(booking.calendar_id)
    draft = calendar.draft(booking)
    return MappedDraft(draft, calendar.active) if draft is not None else None


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
    rows = tuple(_read_row(row) for row in record.rows)
    return MappingRows(companies_on=record.companies_on, contacts_on=record.contacts_on, rows=rows)


def _read_row(row: Any) -> Row:
    return Row(
        section=Section(row.section),
        property_name=row.property_name,
        property_label=row.property_label,
        property_type="number" if row.property_type == "number" else "string",
        information=parse_information(row.information),
    )


def _answers(booking: BookingRecord) -> dict[int, AnsweredQuestion]:
    """Every question the calendar has, and those deleted since that this booking still answered."""
    questions = run(db.session(), _QUESTIONS, {"calendar_id": booking.calendar_id})
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
