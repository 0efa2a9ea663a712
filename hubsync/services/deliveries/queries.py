"""Queries for the pages of deliveries: only what the reader's role lets see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hubsync.domain.values import AnswerValue
from hubsync.errors import NotFound, RoleTooLow
from hubsync.services.deliveries.search import DeliveryFilter, find, visible
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendar_visibility import may_see
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.meetings import Meeting
from hubsync.store.people import Person
from hubsync.store.teams import Membership

PAGE = 50
LARGEST_ID = 2**31 - 1
"""The ids' columns are 32 bits wide on PostgreSQL; a larger number cannot even be asked for."""


@dataclass(frozen=True)
class DeliveryPage:
    """One page of the list; *older* is the id after which the next page begins, if any.

    *cut* says that the page is shorter than it could be: enough rows were looked at, the next page looks at more.
    """

    deliveries: Sequence[Delivery]
    older: int | None
    cut: bool = False


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
) -> DeliveryPage:
    """At most a page of deliveries, newest first; no *states* means all of them."""
    return list_wanted(membership, DeliveryFilter(tuple(states), calendar_id=calendar_id), before)


def list_wanted(membership: Membership, wanted: DeliveryFilter, after: int | None = None) -> DeliveryPage:
    """At most a page of what is *wanted*: newest first, or by the text whose beginning is searched for.

    Pages follow each other by what they end with, not by number, so that the last page is as quick as the first.
    """
    known = after if after is not None and 0 < after <= LARGEST_ID else None
    page = find(membership, wanted, known, PAGE)
    return DeliveryPage(read_these(page.ids), page.after, page.cut)


def read_these(ids: Sequence[int]) -> list[Delivery]:
    """Deliveries with their bookings and calendars, in the order of *ids*; those that are gone are omitted."""
    calendar = joinedload(Delivery.booking).joinedload(BookingRecord.calendar)
    without = (calendar.lazyload(Calendar.team), calendar.lazyload(Calendar.owner))
    query = select(Delivery).where(Delivery.id.in_(ids)).options(*without)
    read = {delivery.id: delivery for delivery in db.session.scalars(query)}
    return [read[each] for each in ids if each in read]


def read_visible(membership: Membership, ids: Sequence[int]) -> Sequence[Delivery]:
    """Those of the deliveries that the reader may see."""
    return db.session.scalars(visible(membership, ids)).all()


def find_delivery(membership: Membership, delivery_id: int) -> Delivery:
    """The delivery as it is stored now.

    Raises NotFound for another team's, RoleTooLow for a member and a delivery of a colleague's calendar.
    """
    delivery = None
    if delivery_id <= LARGEST_ID:
        query = select(Delivery).where(Delivery.team_id == membership.team_id, Delivery.id == delivery_id)
        delivery = db.session.scalar(query, execution_options={"populate_existing": True})
    if delivery is None:
        raise NotFound("no such delivery")
    if not may_see(membership, delivery.booking.calendar):
        raise RoleTooLow(
            _("Members see the deliveries of their own calendars. Ask the owner or an administrator.")
        )
    return delivery


def find_meeting(delivery_id: int) -> Meeting | None:
    """What is kept of the delivery's meeting on the timeline; None where its calendar never wanted one."""
    query = select(Meeting).where(Meeting.delivery_id == delivery_id)
    return db.session.scalar(query, execution_options={"populate_existing": True})


def name_person(person_id: int | None) -> str:
    """The name, or else the address, of a person; empty for nobody."""
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person.shown if person is not None else ""


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
        AnswerShown(question.label, booking.answer_to(question.id), question.deleted_at is not None)
        for question in questions
        if question.deleted_at is None or str(question.id) in booking.answers
    ]


def property_labels_of_team(team_id: int) -> dict[tuple[str, str], str]:
    """The same of all calendars of the team."""
    columns = (MappingRow.section, MappingRow.property_name, MappingRow.property_label)
    query = select(*columns).join(MappingRecord).join(Calendar).where(Calendar.team_id == team_id)
    return {(section, name): label for section, name, label in db.session.execute(query)}


def property_labels(calendar_id: int) -> dict[tuple[str, str], str]:
    """HubSpot's label of each mapped property of the calendar, by (section, internal name)."""
    query = select(MappingRow).join(MappingRecord).where(MappingRecord.calendar_id == calendar_id)
    return {(row.section, row.property_name): row.property_label for row in db.session.scalars(query)}
