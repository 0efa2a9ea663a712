"""Find or make the calendar and the questions that a source's booking speaks of."""

from __future__ import annotations

import secrets
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking, GivenAnswer
from hubsync.domain.questions import DEFAULT_QUESTIONS, AnswerValue, Kind, Part
from hubsync.domain.roles import Role
from hubsync.domain.values import answer_text
from hubsync.services import now
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.teams import Membership


def add_default_questions(session: Session, calendar: Calendar) -> list[QuestionRow]:
    """Give a new calendar the four questions every calendar starts with; the caller commits."""
    rows = [
        QuestionRow(
            calendar_id=calendar.id,
            position=position,
            label=question.label,
            kind=question.kind.value,
            part=question.part.value if question.part else None,
            required=question.required,
            choices=list(question.choices),
            supplement=question.supplement,
        )
        for position, question in enumerate(DEFAULT_QUESTIONS)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def calendar_for(session: Session, team_id: int, booking: Booking) -> Calendar:
    """Return the calendar known by (team, source, external id), made now if it is new; the caller commits.

    Until then nobody else adds questions to it, or they would be there twice. Two that make it at one instant end
    with IntegrityError for one of them.
    """
    calendar = session.scalar(
        select(Calendar)
        .where(
            Calendar.team_id == team_id,
            Calendar.source == booking.source,
            Calendar.external_id == booking.calendar_external_id,
        )
        # Rows that refer to the calendar are still written meanwhile: deliveries under way do not wait.
        .with_for_update(of=Calendar, key_share=True)
    )
    if calendar is not None:
        return calendar
    owner_id = session.scalars(
        select(Membership.person_id).where(Membership.team_id == team_id, Membership.role == Role.OWNER.value)
    ).one()
    minutes = int((booking.ends_at - booking.starts_at).total_seconds() // 60)
    calendar = Calendar(
        team_id=team_id,
        owner_id=owner_id,
        slug=secrets.token_urlsafe(16),
        name=booking.calendar_name[:200] or booking.calendar_external_id[:200],
        duration_minutes=max(minutes, 1),
        source=booking.source,
        external_id=booking.calendar_external_id,
        created_at=now(),
    )
    session.add(calendar)
    session.flush()
    add_default_questions(session, calendar)
    return calendar


def resolve_answers(session: Session, calendar: Calendar, booking: Booking) -> dict[int, AnswerValue]:
    """Return the booking's answers by question id; questions that are new are added to the calendar.

    The guest's name, e-mail and company answer the default questions unless an answer of that label does;
    an empty one does not.
    """
    rows = list(
        session.scalars(
            select(QuestionRow)
            .where(QuestionRow.calendar_id == calendar.id, QuestionRow.deleted_at.is_(None))
            .order_by(QuestionRow.position)
        )
    )
    guest = {Part.COMPANY: booking.guest.company, Part.NAME: booking.guest.name, Part.EMAIL: booking.guest.email}
    answers: dict[int, AnswerValue] = {
        row.id: guest[Part(row.part)] for row in rows if row.part and guest.get(Part(row.part))
    }
    by_label = {_plain(row.label): row for row in rows}
    for given in booking.answers:
        row = by_label.get(_plain(given.label))
        if row is None:
            row = _new_question(calendar, given, len(rows))
            session.add(row)
            session.flush()
            rows.append(row)
            by_label[_plain(given.label)] = row
        if row.id not in answers or answer_text(given.value):
            answers[row.id] = given.value
    return answers


def _new_question(calendar: Calendar, given: GivenAnswer, position: int) -> QuestionRow:
    kind = given.kind
    if kind is None:
        kind = Kind.TEXT
        if isinstance(given.value, bool):
            kind = Kind.CHECK_BOX
        elif isinstance(given.value, tuple):
            kind = Kind.SEVERAL_CHOICES
    return QuestionRow(
        calendar_id=calendar.id,
        position=position,
        label=given.label[:300],
        kind=kind.value,
        required=False,
        choices=list(given.value) if isinstance(given.value, tuple) else [],
        supplement="",
    )


def _plain(label: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", label[:300]).casefold().split())
