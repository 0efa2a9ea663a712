"""Templates of a calendar's meetings as people write them: checked, kept, and filled in for a preview."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from hubsync.domain.booking import PAGE
from hubsync.domain.mapping import MappingInput
from hubsync.domain.meeting_template import (
    LONGEST_BODY,
    LONGEST_TITLE,
    UnknownName,
    body_lines,
    fill_title,
    name_of,
    questions_in,
    read_template,
    show_template,
    unknown_names,
)
from hubsync.domain.questions import Part, Question
from hubsync.domain.samples import EXAMPLE, sample_answers
from hubsync.domain.values import answer_text
from hubsync.services import now
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.posting.draft import material_of, sample_material
from hubsync.services.posting.meeting_plan import template_answers, template_facts
from hubsync.services.question_words import word_label
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow


@dataclass(frozen=True)
class MeetingPreview:
    """A meeting as it would be on the timeline; *is_example* tells that there is no booking to show it with.

    *ends_at* is None where the source does not say.
    """

    title: str = field(repr=False)
    lines: list[str] = field(repr=False)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str = field(default="", repr=False)
    is_example: bool = False


def list_names(questions: Iterable[Question]) -> list[str]:
    """The questions that a template can name, as templates name them."""
    names = (name_of(word_label(question.label)) for question in questions)
    return list(dict.fromkeys(name for name in names if name.strip()))


def keep_template(typed: str, calendar_id: int) -> str:
    """The *typed* template as it is stored. Raises UnknownName."""
    return read_template(typed, _labels((row.label, row.id) for row in _questions(calendar_id))) if typed else ""


def word_templates(kept: Iterable[str], calendar_id: int) -> list[str]:
    """Stored templates as people read them; deleted questions keep their label."""
    labels = {row.id: word_label(row.label) for row in _questions(calendar_id)}
    return [show_template(each, labels) for each in kept]


def find_deleted(typed: Iterable[str], offer: InformationChoices) -> list[str]:
    """The labels of questions that the *typed* templates name and that guests are not asked any more."""
    found: list[int] = []
    for each in typed:
        try:
            found += questions_in(read_template(each, _offered(offer)))
        except UnknownName:
            continue
    return list(dict.fromkeys(word_label(offer.deleted[number]) for number in found if number in offer.deleted))


def find_unknown(typed: Iterable[str], offer: InformationChoices) -> list[str]:
    """The names in *typed* templates, of another calendar, that nothing goes by in this one, each once."""
    labels = _offered(offer)
    return list(dict.fromkeys(name for each in typed for name in unknown_names(each, labels)))


def find_fault(name: str, typed: str, offer: InformationChoices) -> str:
    """What is wrong with the *typed* template in the field *name*; "" when nothing is."""
    longest = LONGEST_TITLE if name == "meeting_title" else LONGEST_BODY
    if len(typed) > longest:
        return _("At most %(most)s characters.", most=longest)
    if name == "meeting_title" and not typed.strip():
        return _("Write a title.")
    try:
        read_template(typed, _offered(offer))
    except UnknownName as unknown:
        if not unknown.name:
            return _("A brace stands alone. Write it twice where a brace is meant.")
        return _("There is nothing called “%(name)s” here. Choose one of the names below.", name=unknown.name)
    return ""


def preview_meeting(
    calendar: Calendar, title: str, body: str, booking: BookingRecord | None
) -> MeetingPreview | None:
    """The meeting that the *typed* templates make of the latest *booking*, or of example answers.

    None where they have a fault.
    """
    if booking is not None:
        return fill_in(calendar, title, body, material_of(booking), booking)
    example = replace(EXAMPLE, company=_(EXAMPLE.company), name=_(EXAMPLE.name), text=_(EXAMPLE.text))
    answers = sample_answers(calendar.asked(), example)
    return fill_in(calendar, title, body, sample_material(calendar, answers, {}, sample_start()), None)


def sample_start() -> datetime:
    """When an example begins: tomorrow, at a full hour."""
    return (now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


def fill_in(
    calendar: Calendar,
    title: str,
    body: str,
    material: MappingInput,
    booking: BookingRecord | None,
    *,
    typed: bool = False,
    company: str = "",
) -> MeetingPreview | None:
    """The meeting that templates as they were typed make of *material*; None where they have a fault.

    Its time is that of *booking*, and so is the guest unless the answers were *typed* in its place; without one
    both are an example. *company* is the name that is posted.
    """
    try:
        kept = [keep_template(each, calendar.id) for each in (title, body)]
    except UnknownName:
        return None
    if booking is None:
        starts_at: datetime | None = sample_start()
        ends_at = (
            sample_start() + timedelta(minutes=calendar.duration_minutes) if calendar.source == PAGE else None
        )
    else:
        starts_at, ends_at = booking.starts_at, booking.ends_at
    if booking is None or typed:
        guest = (_answer(calendar, material, Part.NAME), _answer(calendar, material, Part.EMAIL))
    else:
        guest = (booking.guest_name, booking.guest_email)
    start = (starts_at, calendar.time_zone) if starts_at is not None else None
    named = company or _answer(calendar, material, Part.COMPANY)
    facts = template_facts(material, company=named, guest=guest, start=start)
    answers = template_answers(material)
    return MeetingPreview(
        fill_title(kept[0], facts, answers) or calendar.name,
        body_lines(kept[1], facts, answers),
        starts_at,
        ends_at,
        "" if booking is None else booking.location,
        booking is None,
    )


def _answer(calendar: Calendar, material: MappingInput, part: Part) -> str:
    asked = next((each.id for each in calendar.questions if each.part == part), None)
    answered = material.answers.get(asked) if asked is not None else None
    return answer_text(answered.value) if answered is not None else ""


def _questions(calendar_id: int) -> Sequence[QuestionRow]:
    """All of the calendar, those that guests are asked before deleted ones: of one label the first counts."""
    order = (QuestionRow.deleted_at.is_not(None), QuestionRow.position, QuestionRow.id)
    return db.session.scalars(
        select(QuestionRow).where(QuestionRow.calendar_id == calendar_id).order_by(*order)
    ).all()


def _offered(offer: InformationChoices) -> list[tuple[str, int]]:
    """The same of what the editor knows of them."""
    asked = ((each.label, each.id) for each in offer.questions)
    return _labels((*asked, *((label, number) for number, label in offer.deleted.items())))


def _labels(questions: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Every label by which a question may be named: its own, and what it is called in the reader's language."""
    return [(each, number) for label, number in questions for each in (label, word_label(label))]
