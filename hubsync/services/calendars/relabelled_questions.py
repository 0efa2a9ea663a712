"""Questions that their source has called something else lately: the calendar's page says so until dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from hubsync.services import now
from hubsync.store import db, write_transaction
from hubsync.store.calendars import QuestionRow

TOLD_FOR = timedelta(days=30)


def list_relabelled(calendar_id: int) -> Sequence[QuestionRow]:
    """Those of the calendar to be told of, the latest first."""
    query = select(QuestionRow).where(
        QuestionRow.calendar_id == calendar_id,
        QuestionRow.deleted_at.is_(None),
        QuestionRow.relabelled_at > now() - TOLD_FOR,
    )
    return db.session.scalars(query.order_by(QuestionRow.relabelled_at.desc(), QuestionRow.id)).all()


def dismiss_relabelled(calendar_id: int) -> None:
    """Tell of those of the calendar no more."""
    with write_transaction() as session:
        session.execute(
            update(QuestionRow).where(QuestionRow.calendar_id == calendar_id).values(relabelled_at=None)
        )
