"""What the pages of deliveries read: only what the reader's role lets see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from hubsync.domain.questions import AnswerValue
from hubsync.domain.roles import Action, Role, may
from hubsync.errors import NotFound, RoleTooLow
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.teams import Membership

PAGE = 50
LARGEST_ID = 2**31 - 1
"""The ids' columns are 32 bits wide on PostgreSQL; a larger number cannot even be asked for."""


@dataclass(frozen=True)
class Listed:
    """One page of the list, newest first; *older* is the id before which the next page begins, if any."""

    deliveries: Sequence[Delivery]
    older: int | None


@dataclass(frozen=True)
class AnswerShown:
    """One answer under its question's label; *deleted* says that guests are no longer asked."""

    label: str
    value: AnswerValue
    deleted: bool


def list_deliveries(
    membership: Membership,
    states: Collection[str] = (),
    calendar_id: int | None = None,
    before: int | None = None,
) -> Listed:
    """At most a page of deliveries, newest first; no *states* means all of them.

    Pages follow each other by id, not by number, so that the last page is as quick as the first.
    """
    query = select(Delivery).where(_visible(membership))
    if states:
        query = query.where(Delivery.state.in_(states))
    if calendar_id is not None:
        query = query.where(Delivery.calendar_id == calendar_id)
    if before is not None and 0 < before <= LARGEST_ID:
        query = query.where(Delivery.id < before)
    query = query.order_by(Delivery.id.desc()).limit(PAGE + 1)
    calendar = joinedload(Delivery.booking).joinedload(BookingRecord.calendar)
    without = (calendar.lazyload(Calendar.team), calendar.lazyload(Calendar.owner))
    found = db.session.scalars(query.options(*without)).all()
    return Listed(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def list_calendars(membership: Membership) -> list[tuple[int, str]]:
    """(id, name) of the calendars whose deliveries the reader may see, by name."""
    query = select(Calendar.id, Calendar.name).where(Calendar.team_id == membership.team_id)
    if not _sees_all(membership):
        query = query.where(Calendar.owner_id == membership.person_id)
    return [(found.id, found.name) for found in db.session.execute(query.order_by(Calendar.name, Calendar.id))]


def find_delivery(membership: Membership, delivery_id: int) -> Delivery:
    """The delivery as it is stored now.

    Raises NotFound for another team's, RoleTooLow for a member and a delivery of a colleague's calendar.
    """
    found = None
    if delivery_id <= LARGEST_ID:
        query = select(Delivery).where(Delivery.team_id == membership.team_id, Delivery.id == delivery_id)
        found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound("no such delivery")
    if not _sees_all(membership) and found.booking.calendar.owner_id != membership.person_id:
        raise RoleTooLow(
            _("Members see the deliveries of their own calendars. Ask the owner or an administrator.")
        )
    return found


def list_answers(booking: BookingRecord) -> list[AnswerShown]:
    """The booking's answers in the calendar's order, those to questions that were deleted since at the end.

    Questions that are asked now and got no answer are there with the value None.
    """
    questions = db.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.calendar_id == booking.calendar_id)
        .order_by(QuestionRow.deleted_at.is_not(None), QuestionRow.position, QuestionRow.id)
    )
    return [
        AnswerShown(question.label, _value(booking.answers.get(str(question.id))), question.deleted_at is not None)
        for question in questions
        if question.deleted_at is None or str(question.id) in booking.answers
    ]


def property_labels(calendar_id: int) -> dict[tuple[str, str], str]:
    """HubSpot's label of each mapped property of the calendar, by (section, internal name)."""
    query = select(MappingRow).join(MappingRecord).where(MappingRecord.calendar_id == calendar_id)
    return {(row.section, row.property_name): row.property_label for row in db.session.scalars(query)}


def connected_account(team_id: int) -> Connection | None:
    """The team's connection in whatever state, for the links to HubSpot's screens."""
    return db.session.scalar(select(Connection).where(Connection.team_id == team_id))


def _visible(membership: Membership) -> ColumnElement[bool]:
    in_the_team = Delivery.team_id == membership.team_id
    if _sees_all(membership):
        return in_the_team
    own = select(Calendar.id).where(
        Calendar.team_id == membership.team_id, Calendar.owner_id == membership.person_id
    )
    return and_(in_the_team, Delivery.calendar_id.in_(own))


def _sees_all(membership: Membership) -> bool:
    return may(Role(membership.role), Action.SEE_ALL_DELIVERIES)


def _value(stored: str | list[str] | bool | None) -> AnswerValue:
    return tuple(stored) if isinstance(stored, list) else stored
