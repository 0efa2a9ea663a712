"""Guest questions of a calendar (Guest Question Settings)."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.information import Origin, parse_information
from hubsync.domain.names import tidy_name
from hubsync.domain.questions import Kind, Part
from hubsync.errors import NotFound, Refused
from hubsync.services import now
from hubsync.services.question_words import word_label
from hubsync.store import db, write_transaction
from hubsync.store.calendars import QuestionRow
from hubsync.store.mappings import MappingRecord, MappingRow

MOST_QUESTIONS = 100
MOST_CHOICES = 200
LONGEST = {"label": 300, "choices": 300, "supplement": 2000}
NEED_CHOICES = frozenset({Kind.SINGLE_CHOICE, Kind.SEVERAL_CHOICES})
# Every booking has a guest with a name and an address to write to.
ALWAYS_ASKED = frozenset({Part.NAME, Part.EMAIL})


@dataclass(frozen=True)
class QuestionInput:
    """A question as a person describes it."""

    label: str
    kind: Kind
    required: bool
    choices: tuple[str, ...] = ()
    supplement: str = ""


def is_always_asked(question: QuestionRow) -> bool:
    """Whether the question stays required and cannot be deleted: Name and Email."""
    return question.part is not None and Part(question.part) in ALWAYS_ASKED


def find_question(calendar_id: int, question_id: int) -> QuestionRow:
    """Return a question that this calendar asks. Raises NotFound for any other."""
    return _find(db.session(), calendar_id, question_id)


def add_question(calendar_id: int, asked: QuestionInput) -> int:
    """Ask one more question, after the others; return its id. Raises Refused naming the field."""
    with write_transaction() as session:
        others = _questions(session, calendar_id)
        tidy = _checked(asked, [each for row in others for each in (row.label, word_label(row.label))])
        if len(others) >= MOST_QUESTIONS:
            raise Refused(_("A calendar has up to %(most)s questions.", most=MOST_QUESTIONS), field="label")
        row = QuestionRow(
            calendar_id=calendar_id,
            position=max((each.position for each in others), default=-1) + 1,
            label=tidy.label,
            kind=tidy.kind.value,
            required=tidy.required,
            choices=list(tidy.choices),
            supplement=tidy.supplement,
        )
        session.add(row)
        session.flush()
        return row.id


def change_question(calendar_id: int, question_id: int, asked: QuestionInput) -> None:
    """Ask differently. Raises Refused naming the field, NotFound for a question this calendar does not ask.

    Name and Email keep their kind and stay required; a question that a mapping uses keeps its kind, because
    the row was made for it.
    """
    with write_transaction() as session:
        row = _find(session, calendar_id, question_id)
        others = [
            label
            for each in _questions(session, calendar_id)
            if each.id != question_id
            for label in (each.label, word_label(each.label))
        ]
        # Two labels may be alike already; that is no reason against changing anything else.
        tidy = _checked(asked, [label for label in others if label.casefold() != row.label.casefold()])
        if tidy.kind.value != row.kind:
            if is_always_asked(row):
                raise Refused(_("This question keeps its kind."), field="kind")
            if _rows_using(session, calendar_id, question_id):
                raise Refused(
                    _("The mapping uses this question, so it keeps its kind. Add another question instead."),
                    field="kind",
                )
        _call(row, tidy.label)
        row.kind = tidy.kind.value
        row.required = tidy.required or is_always_asked(row)
        row.choices = list(tidy.choices)
        row.supplement = tidy.supplement


def _call(row: QuestionRow, label: str) -> None:
    """Give the question another label. Answers of a source go on to belong to it under the label that they had."""
    if label == row.label:
        return
    if row.source_label is None:
        row.source_label = row.label
    row.label, row.renamed = label, label != row.source_label


def move_question(calendar_id: int, question_id: int, *, up: bool) -> None:
    """Ask the question one place earlier or later; at the end of the list nothing happens."""
    with write_transaction() as session:
        rows = _questions(session, calendar_id)
        places = [row.id for row in rows]
        if question_id not in places:
            raise NotFound("no such question")
        here = places.index(question_id)
        there = here - 1 if up else here + 1
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        for position, row in enumerate(rows):
            row.position = position


def order_questions(calendar_id: int, question_ids: list[int]) -> None:
    """Ask the questions in this order. Raises Refused unless *question_ids* are all that the calendar asks."""
    with write_transaction() as session:
        rows = {row.id: row for row in _questions(session, calendar_id)}
        if sorted(question_ids) != sorted(rows):
            raise Refused(_("Somebody changed the questions meanwhile. Look at them and order them again."))
        for position, question_id in enumerate(question_ids):
            rows[question_id].position = position


def delete_question(calendar_id: int, question_id: int) -> None:
    """Ask it no more. Answers given so far stay, and rows of the mapping that used it are marked.

    Raises NotFound, or Refused for Name and Email.
    """
    with write_transaction() as session:
        row = _find(session, calendar_id, question_id)
        if is_always_asked(row):
            raise Refused(_("Every booking needs the guest's name and e-mail address."))
        row.deleted_at = now()


def mapped_to(calendar_id: int, question_id: int) -> list[MappingRow]:
    """The rows of the calendar's mapping that take their information from this question."""
    return _rows_using(db.session(), calendar_id, question_id)


def _find(session: Session, calendar_id: int, question_id: int) -> QuestionRow:
    row = session.get(QuestionRow, question_id)
    if row is None or row.calendar_id != calendar_id or row.deleted_at is not None:
        raise NotFound("no such question")
    return row


def _questions(session: Session, calendar_id: int) -> list[QuestionRow]:
    query = (
        select(QuestionRow)
        .where(QuestionRow.calendar_id == calendar_id, QuestionRow.deleted_at.is_(None))
        .order_by(QuestionRow.position, QuestionRow.id)
    )
    return list(session.scalars(query))


def _rows_using(session: Session, calendar_id: int, question_id: int) -> list[MappingRow]:
    rows = session.scalars(
        select(MappingRow)
        .join(MappingRecord)
        .where(MappingRecord.calendar_id == calendar_id)
        .order_by(MappingRow.section, MappingRow.position)
    )
    taken = [(row, parse_information(row.information)) for row in rows]
    return [
        row
        for row, information in taken
        if information.origin is Origin.QUESTION and information.question_id == question_id
    ]


def _checked(asked: QuestionInput, other_labels: list[str]) -> QuestionInput:
    label = tidy_name(asked.label)
    supplement = asked.supplement.strip()
    choices = tuple(dict.fromkeys(line for each in asked.choices if (line := " ".join(each.split()))))
    if not label:
        raise Refused(_("The question needs a label."), field="label")
    if label.casefold() in {other.casefold() for other in other_labels}:
        raise Refused(_("Another question of this calendar has the same label."), field="label")
    if asked.kind not in NEED_CHOICES:
        choices = ()
    elif not choices:
        raise Refused(_("Enter at least one choice, one per line."), field="choices")
    elif len(choices) > MOST_CHOICES:
        raise Refused(_("A question has up to %(most)s choices.", most=MOST_CHOICES), field="choices")
    for field, texts in (("label", (label,)), ("choices", choices), ("supplement", (supplement,))):
        if any(len(text) > LONGEST[field] for text in texts):
            raise Refused(_("This may have up to %(most)s characters.", most=LONGEST[field]), field=field)
    return QuestionInput(label, asked.kind, asked.required, choices, supplement)
