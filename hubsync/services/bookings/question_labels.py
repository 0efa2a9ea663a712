"""Labels of a calendar's questions as its source changes them: the question stays, and what is mapped to it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.occurrences import Asked, Place, find_places, free_label, question_key
from hubsync.domain.relabelling import find_relabelled
from hubsync.services import now
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import QuestionRow


def find_rows_places(session: Session, asked: Sequence[Asked], rows: Sequence[QuestionRow]) -> list[Place]:
    """The place of each answer among *rows*, which are all questions of one calendar."""
    known = [row.as_known() for row in rows]
    places = find_places(asked, known)
    again = find_relabelled(asked, places, known)
    if again is not None and again.stood_there(_last_order(session, rows[0].calendar_id)):
        places[again.index] = Place(again.id, places[again.index].number, relabelled=True)
    return places


def labels_that_stay(rows: Sequence[QuestionRow], places: Sequence[Place]) -> set[str]:
    """The keys of the labels under which questions are shown, but for those that get another one."""
    relabelled = {place.id for place in places if place.relabelled}
    return {question_key(row.label) for row in rows if row.id not in relabelled or _keeps_label(row)}


def learn(row: QuestionRow, asked: Asked, place: Place, taken: Set[str]) -> None:
    """Let *row*, which is answered, be known as its source names it now; *taken* are keys of labels shown.

    Where a person called it something else it stays so called here.
    """
    row.source_key = row.source_key or asked.key
    if not place.relabelled:
        return
    label = asked.label
    is_new = question_key(label) != question_key(row.former_label)
    row.former_label = row.label if row.source_label is None else row.source_label
    row.source_label, row.source_number = label, place.number
    if _keeps_label(row):
        row.renamed = row.label != label
    else:
        row.label = free_label(label, place.number, taken)
    if is_new and row.part is None:
        row.relabelled_at = now()


def _keeps_label(row: QuestionRow) -> bool:
    """Whether what it is called here is none of the source's business: a person's name for it, or our own."""
    return row.renamed or row.part is not None


def _last_order(session: Session, calendar_id: int) -> list[int]:
    """The questions of the calendar's latest booking, in the order of its answers."""
    latest = select(BookingRecord.answers).where(BookingRecord.calendar_id == calendar_id)
    answers = session.scalar(latest.order_by(BookingRecord.id.desc()).limit(1))
    return [int(question_id) for question_id in answers or {}]
