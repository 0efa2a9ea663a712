"""Dry run of a webhook: what a body would become at an address, up to the mapping; nothing of it is kept.

It goes the whole way of a webhook, proof included, in a transaction that is taken back at its end. So what is
shown is what would happen, whatever the team has already.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking, BookingChange
from hubsync.domain.mapping import MappingInput, MappingRows
from hubsync.domain.received import Result
from hubsync.domain.values import AnswerValue
from hubsync.errors import BookingErased
from hubsync.services import now
from hubsync.services.bookings.changes import apply_change, change_known
from hubsync.services.bookings.completion import new_record, translate_faults
from hubsync.services.posting.draft import mapping_of, material_of, rows_of
from hubsync.services.sources.endpoints import prefix_of
from hubsync.services.sources.intake import prefixed
from hubsync.sources.source import Ignored, Reply, Said, Several, Source, refuse_too_large
from hubsync.store import retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class PlacedAnswer:
    """An answer under its question, which would be *is_new* on its calendar."""

    label: str
    value: AnswerValue = field(repr=False)
    is_new: bool


@dataclass(frozen=True)
class NewBooking:
    """A booking as it would come in: *record* is its row, which is stored nowhere.

    *calendar_id* is None for a calendar that would be made. *mapping* and *material* are what a preview needs,
    None while nothing would be posted: HubSpot was not added to the calendar, or is paused there.
    """

    record: BookingRecord = field(repr=False)
    calendar_name: str
    calendar_id: int | None
    answers: tuple[PlacedAnswer, ...]
    mapping: MappingRows | None
    material: MappingInput | None = field(repr=False)


@dataclass(frozen=True)
class DryRun:
    """What a body *said*, and what would become of it; *delivery_id* is that of a booking that is known.

    Of a body that tells of several bookings, *count* of them, it is about the first one that is known.
    """

    said: Said = field(repr=False)
    result: Result
    delivery_id: int | None = None
    booking: NewBooking | None = None
    count: int = 1


def try_body(team_id: int, source: Source, number: int, body: bytes) -> DryRun:
    """What *body* would become at the team's address of *source* with this number.

    *source* is configured as the team has set it up. Raises BodyUnreadable with the faults, and BookingNotKept
    when the database would not answer now.
    """
    refuse_too_large(body)
    secret = source.write_secret(secrets.token_bytes(32))
    said = source.receive(source.prove(secret, body, now()), [secret], now())
    match said:
        case Ignored():
            return DryRun(said, Result.TESTED if said.is_test else Result.IGNORED)
        case Reply():
            return DryRun(said, Result.REPLIED)
        case Several():
            runs = [_try_one(team_id, prefixed(each, prefix_of(source, number))) for each in said.told]
            shown = next((each for each in runs if each.delivery_id is not None), runs[0])
            return replace(shown, count=len(runs))
    return _try_one(team_id, prefixed(said, prefix_of(source, number)))


def _try_one(team_id: int, told: Booking | BookingChange) -> DryRun:
    with translate_faults():
        try:
            return retry_on_conflict(lambda: _take_back(lambda session: _apply(session, team_id, told)))
        except BookingErased as erased:
            return DryRun(told, Result.ERASED, erased.delivery_id)


class _TakenBack(Exception):  # no fault: it ends a transaction
    """Carries what was seen out of a transaction that keeps nothing."""

    def __init__(self, outcome: object) -> None:
        super().__init__("taken back")
        self.outcome = outcome


def _take_back(unit: Callable[[Session], Outcome]) -> Outcome:
    """Run *unit* in a transaction, and keep nothing of what it wrote."""
    try:
        with write_transaction() as session:
            raise _TakenBack(unit(session))
    except _TakenBack as taken:
        outcome: Outcome = taken.outcome  # type: ignore[assignment]  # it is what unit gave
        return outcome


def _apply(session: Session, team_id: int, told: Booking | BookingChange) -> DryRun:
    if isinstance(told, BookingChange):
        changed = apply_change(session, team_id, told)
        if changed is None:
            return DryRun(told, Result.UNKNOWN_BOOKING)
        return DryRun(told, changed.result, changed.delivery.id)
    changed = change_known(session, team_id, told)
    if changed is not None:
        return DryRun(told, changed.result, changed.delivery.id)
    return DryRun(told, Result.BOOKED, booking=_new_booking(session, team_id, told))


def _new_booking(session: Session, team_id: int, booking: Booking) -> NewBooking:
    calendar_id = session.scalar(
        select(Calendar.id).where(
            Calendar.team_id == team_id,
            Calendar.source == booking.source,
            Calendar.external_id == booking.calendar_external_id,
        )
    )
    of_calendar = select(QuestionRow).where(QuestionRow.calendar_id == calendar_id)
    before = {each.id for each in session.scalars(of_calendar)}
    record = new_record(session, team_id, booking)
    asked = session.scalars(
        select(QuestionRow)
        .where(QuestionRow.calendar_id == record.calendar_id)
        .order_by(QuestionRow.position, QuestionRow.id)
    )
    answers = tuple(
        PlacedAnswer(each.label, answer, is_new=calendar_id is not None and each.id not in before)
        for each in asked
        if (answer := record.answer_to(each.id)) is not None
    )
    mapping = mapping_of(record.calendar_id)
    is_posted = mapping is not None and mapping.active
    return NewBooking(
        record=record,
        calendar_name=record.calendar.name,
        calendar_id=calendar_id,
        answers=answers,
        mapping=rows_of(mapping) if mapping is not None and is_posted else None,
        material=material_of(record) if is_posted else None,
    )
