"""Choices of the pull-down "Information to be obtained" for a calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from hubsync.domain.information import Fact, Information, Origin, Piece, parse_information
from hubsync.domain.questions import Kind, Question
from hubsync.domain.zones import NOT_CHOSEN
from hubsync.errors import HubSyncError
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow

USUAL_PARAMS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LATEST_BOOKINGS = 100
MOST_PARAMS = 50


@dataclass(frozen=True)
class InformationChoices:
    """The calendar's questions in order, the labels of deleted ones by id, and names of URL parameters.

    Dates and times of its bookings are written in its *time_zone*.
    """

    questions: tuple[Question, ...]
    deleted: Mapping[int, str]
    params: tuple[str, ...]
    time_zone: str = NOT_CHOSEN

    def tokens(self) -> frozenset[str]:
        """Everything that a row may point to, as it is written down."""
        tokens = {Information.question(question.id).token for question in self.questions}
        for question in self.questions:
            if question.kind is Kind.NAME:
                tokens |= {Information.question(question.id, piece).token for piece in Piece}
        tokens |= {Information.fact(fact).token for fact in Fact}
        tokens |= {Information.param(name).token for name in self.params}
        return frozenset(tokens)

    def emails(self) -> tuple[Question, ...]:
        """The questions that Email(Required) can point to."""
        return tuple(question for question in self.questions if question.kind is Kind.EMAIL)


def offer_information(calendar: Calendar) -> InformationChoices:
    """Return what rows of this calendar's mapping can point to.

    URL parameters are the usual ones, those that the owner named, and those that the latest bookings brought.
    """
    rows = db.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.calendar_id == calendar.id)
        .order_by(QuestionRow.position, QuestionRow.id),
        execution_options={"populate_existing": True},
    ).all()
    seen = db.session.scalars(
        select(BookingRecord.url_params)
        .where(BookingRecord.calendar_id == calendar.id)
        .order_by(BookingRecord.id.desc())
        .limit(LATEST_BOOKINGS)
    ).all()
    names = dict.fromkeys((*USUAL_PARAMS, *calendar.query_names))
    names.update(dict.fromkeys(name for params in seen for name in sorted(params) if _can_be_written(name)))
    return InformationChoices(
        questions=tuple(row.as_question() for row in rows if row.deleted_at is None),
        deleted={row.id: row.label for row in rows if row.deleted_at is not None},
        params=tuple(names)[:MOST_PARAMS],
        time_zone=calendar.time_zone,
    )


def question_ids(calendar_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """The ids of the questions that each of these calendars asks now."""
    wanted = list(calendar_ids)
    found: dict[int, set[int]] = {each: set() for each in wanted}
    rows = db.session.execute(
        select(QuestionRow.calendar_id, QuestionRow.id).where(
            QuestionRow.calendar_id.in_(wanted), QuestionRow.deleted_at.is_(None)
        )
    )
    for calendar_id, question_id in rows:
        found[calendar_id].add(question_id)
    return {calendar_id: frozenset(ids) for calendar_id, ids in found.items()}


def is_gone(token: str, asked: frozenset[int]) -> bool:
    """Whether a stored row points at a question that is not asked any more."""
    information = parse_information(token)
    return information.origin is Origin.QUESTION and information.question_id not in asked


def _can_be_written(name: str) -> bool:
    """Whether the parameter's name can be stored in a row: sources may bring any text."""
    try:
        return parse_information(f"param:{name}").name == name
    except HubSyncError:
        return False
