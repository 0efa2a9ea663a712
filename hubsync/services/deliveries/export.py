"""Export of a log of any length: batch by batch, with no transaction open in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hubsync.domain.audit import AuditAction
from hubsync.services.deliveries.history import last_moves
from hubsync.services.deliveries.queries import read_these
from hubsync.services.deliveries.search import DeliveryFilter, walk
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.teams import Membership

PORTION = 500


@dataclass(frozen=True)
class ExportedDelivery:
    """A delivery with the company as the guest wrote it, when it was tried: how often, and at last.

    *moved_at* is when its booking was moved last.
    """

    delivery: Delivery
    company: str
    attempts: int
    last_attempt_at: datetime | None
    moved_at: datetime | None


def note_export(membership: Membership) -> None:
    """Note in the audit trail and in the security log that somebody takes guests' names and addresses out.

    *membership* stays readable while the export is streamed.
    """
    team_id, person_id = membership.team_id, membership.person_id
    with write_transaction() as session:
        record(session, team_id, person_id, AuditAction.DELIVERIES_EXPORTED)
    db.session.refresh(membership)
    end_read()


def read_portions(membership: Membership, wanted: DeliveryFilter) -> Iterator[list[ExportedDelivery]]:
    """All that is *wanted*, in the order of the list. Other work goes on while a reader is slow."""
    for ids in walk(membership, wanted, PORTION):
        deliveries = read_these(ids)
        tried = _attempts(ids)
        moved = last_moves([each.booking_id for each in deliveries])
        questions = _company_questions({each.calendar_id for each in deliveries})
        portion = [
            ExportedDelivery(
                each,
                _company(each, questions.get(each.calendar_id, ())),
                *tried.get(each.id, (0, None)),
                moved.get(each.booking_id),
            )
            for each in deliveries
        ]
        end_read()
        yield portion
        db.session.expunge_all()  # a log of a million is not kept in memory


def _attempts(ids: Sequence[int]) -> dict[int, tuple[int, datetime | None]]:
    query = (
        select(Attempt.delivery_id, func.count(Attempt.id), func.max(Attempt.started_at))
        .where(Attempt.delivery_id.in_(ids))
        .group_by(Attempt.delivery_id)
    )
    return {delivery: (number, last) for delivery, number, last in db.session.execute(query)}


def _company_questions(calendars: set[int]) -> dict[int, list[str]]:
    query = select(QuestionRow.calendar_id, QuestionRow.id).where(
        QuestionRow.calendar_id.in_(calendars), QuestionRow.part == "company"
    )
    questions: dict[int, list[str]] = {}
    for calendar, question in db.session.execute(query.order_by(QuestionRow.id)):
        questions.setdefault(calendar, []).append(str(question))
    return questions


def _company(delivery: Delivery, questions: Sequence[str]) -> str:
    """As the guest wrote it; else as the log finds it."""
    given = (delivery.booking.answers.get(question) for question in questions)
    return next((text for text in given if isinstance(text, str) and text), delivery.search_company)
