"""Placement of a booking's answers under the questions of its calendar; a source's new questions are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking, GivenAnswer
from hubsync.domain.email_address import kept_email
from hubsync.domain.notes import Note, NoteCode
from hubsync.domain.occurrences import Asked, free_label, name_questions, question_key
from hubsync.domain.questions import UNLABELLED, Kind, Part
from hubsync.domain.values import AnswerValue, answer_text
from hubsync.services.bookings.question_labels import find_rows_places, labels_that_stay, learn
from hubsync.services.calendars.questions import LONGEST, MOST_CHOICES
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow

_PLACES = {part: f"guest.{part}" for part in (Part.COMPANY, Part.NAME, Part.EMAIL)}

MOST_QUESTIONS = 1_000
"""So many questions a source may make; a label that is another one for each guest would fill every pull-down."""


@dataclass(frozen=True)
class PlacedAnswers:
    """The answers by question id, what could not be taken as it was sent, and the guest's address."""

    answers: Mapping[int, AnswerValue]
    notes: tuple[Note, ...]
    email: str


def place_answers(session: Session, calendar: Calendar, booking: Booking) -> PlacedAnswers:
    """Return *booking*'s answers by question id; the caller commits.

    Those of a form that asked our questions are in their places. Elsewhere the guest's name, e-mail and company
    answer the default questions unless the first answer of that label does; an empty one does not. What came and
    has no question is noted. A guest whose address the source does not name has the first one among the answers.
    """
    if booking.by_question is not None:
        return PlacedAnswers(booking.by_question, booking.notes, booking.guest.email)
    rows = list(
        session.scalars(
            select(QuestionRow)
            .where(QuestionRow.calendar_id == calendar.id)
            .order_by(QuestionRow.position, QuestionRow.id)
        )
    )
    asked = _questions_of(session, calendar, booking.answers, rows)
    answers: dict[int, AnswerValue] = {}
    notes = [note for note in booking.notes if note.place not in _PLACES.values()]
    for given, row in zip(booking.answers, asked, strict=True):
        if row is None:
            shown = answer_text(given.value) or (given.note.shown if given.note else "")
            notes += [Note(NoteCode.NO_QUESTION, "answers", given.label, shown)] if shown else []
            continue
        answers[row.id] = given.value
        if given.note is not None:
            notes.append(replace(given.note, question_id=row.id, label=row.label))
    live = [row for row in rows if row.deleted_at is None]
    notes += _place_guest(booking, live, answers)
    return PlacedAnswers(answers, tuple(notes), kept_email(booking.guest.email) or _answered_email(live, answers))


def _questions_of(
    session: Session, calendar: Calendar, given: Sequence[GivenAnswer], rows: list[QuestionRow]
) -> list[QuestionRow | None]:
    """The question of each answer; new ones are added to *rows*, which are all that the calendar has."""
    by_id = {row.id: row for row in rows}
    live = [row for row in rows if row.deleted_at is None]
    asked = name_questions(given)
    places = find_rows_places(session, asked, rows)
    labels = labels_that_stay(live, places)
    following = max((row.position for row in live), default=-1) + 1
    room = MOST_QUESTIONS - len(live)
    found: list[QuestionRow | None] = []
    for each, named, place in zip(given, asked, places, strict=True):
        row = by_id[place.id] if place.id is not None else None
        if row is not None:
            learn(row, named, place, labels)
            labels.add(question_key(row.label))
        elif room > 0:
            row = _new_question(each, named, place.number, labels)
            row.calendar_id, row.position = calendar.id, following
            room, following = room - 1, following + 1
            labels.add(question_key(row.label))
            session.add(row)
            rows.append(row)
        found.append(row)
    session.flush()  # all at once, for their ids
    return found


def _place_guest(booking: Booking, rows: Sequence[QuestionRow], answers: dict[int, AnswerValue]) -> list[Note]:
    """Let what the source named of the guest answer the default questions; return what there is to note."""
    by_part = {row.part: row for row in rows if row.part}
    flaws = {note.place: note for note in booking.notes}
    named = {Part.COMPANY: booking.guest.company, Part.NAME: booking.guest.name, Part.EMAIL: booking.guest.email}
    notes = []
    for part, text in named.items():
        place, row = _PLACES[part], by_part.get(part.value)
        answer = answer_text(answers.get(row.id)) if row is not None else ""
        if row is not None and text and not answer:
            answers[row.id] = text
        elif row is None and text:
            notes.append(Note(NoteCode.NO_QUESTION, place, shown=text))
        elif row is not None and text and text != (kept_email(answer) if part is Part.EMAIL else answer):
            notes.append(Note(NoteCode.ANSWERED_TWICE, place, row.label, text))
        if place in flaws:
            # A flaw of what is not the answer is none of the question's.
            notes.append(replace(flaws[place], question_id=0 if row is None or answer else row.id))
    return notes


def _answered_email(rows: Sequence[QuestionRow], answers: Mapping[int, AnswerValue]) -> str:
    """The guest's address where a source names it only among the answers; the default question's comes first."""
    asked = sorted((row for row in rows if row.kind == Kind.EMAIL), key=lambda row: row.part != Part.EMAIL)
    return next((text for row in asked if isinstance(text := answers.get(row.id), str)), "")


def _new_question(given: GivenAnswer, asked: Asked, number: int, taken: Set[str]) -> QuestionRow:
    label, offered = asked.label, given.value if isinstance(given.value, tuple) else ()
    return QuestionRow(
        label=free_label(label or asked.key or UNLABELLED, 1 if asked.key and not label else number, taken),
        kind=asked.kind.value,
        required=False,
        choices=[each for each in dict.fromkeys(offered) if len(each) <= LONGEST["choices"]][:MOST_CHOICES],
        supplement="",
        source_label=label,
        source_number=number,
        source_key=asked.key,
    )


def differing_answers(
    session: Session, record: BookingRecord, answers: Mapping[int, AnswerValue]
) -> list[dict[str, str]]:
    """Those of *answers*, by question, that are not what *record* has, as its history keeps them."""
    changed = {
        key: value for key, value in answers.items() if answer_text(value) != answer_text(record.answer_to(key))
    }
    rows = [session.get(QuestionRow, each) for each in changed]
    return [{"label": row.label, "value": answer_text(changed[row.id])} for row in rows if row is not None]
