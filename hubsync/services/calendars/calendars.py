"""Calendars: create, find, list and change them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hubsync.domain.languages import LONGEST_LANGUAGE
from hubsync.domain.mapping import MappingState, Section
from hubsync.domain.names import tidy_name
from hubsync.domain.query_names import MOST_NAMES, is_query_name
from hubsync.domain.roles import Action
from hubsync.domain.sorting import name_order
from hubsync.domain.zones import is_zone
from hubsync.errors import NotFound, Refused, RoleTooLow
from hubsync.services import now
from hubsync.services.calendars.source_calendars import add_default_questions
from hubsync.services.connection.properties import known_properties
from hubsync.services.connection.refused_properties import read_refused
from hubsync.services.mapping.choices import is_gone, question_ids
from hubsync.store import db, write_transaction
from hubsync.store.calendar_visibility import may_see, visible_calendars
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord
from hubsync.store.people import Person
from hubsync.store.teams import Membership

LONGEST_NAME = 200
LONGEST_MINUTES = 24 * 60
USUAL_MINUTES = 30


@dataclass(frozen=True)
class Overview:
    """A calendar as the list shows it."""

    calendar: Calendar
    state: MappingState
    stale_rows: int


@dataclass(frozen=True)
class NamedCalendar:
    """A calendar as far as its name in a list goes; *owner* is what people call its owner."""

    id: int
    name: str
    source: str
    owner: str


@dataclass(frozen=True)
class CalendarInput:
    """What a person says about a calendar; *time_zone* is an IANA name.

    Without *duration_minutes* it keeps what it has; a new one gets the usual ones. So it does without
    *query_names*, those of its page's address that are kept with bookings, and without *language*, the catalogue
    of the page for guests who choose none (empty for what their browser asks).
    """

    name: str
    duration_minutes: int | None
    time_zone: str
    query_names: tuple[str, ...] | None = None
    language: str | None = None


def make_calendar(team_id: int, owner_id: int, described: CalendarInput) -> Calendar:
    """Make a calendar with the four default questions. Raises Refused naming the field that will not do."""
    tidy = _checked(described)
    slug = secrets.token_urlsafe(16)  # 128 bits: a booking page is found by its address only
    with write_transaction() as session:
        calendar = Calendar(
            team_id=team_id,
            owner_id=owner_id,
            slug=slug,
            name=tidy.name,
            duration_minutes=tidy.duration_minutes or USUAL_MINUTES,
            time_zone=tidy.time_zone,
            external_id=slug,
            created_at=now(),
            query_names=list(tidy.query_names or ()),
            language=tidy.language or "",
        )
        session.add(calendar)
        session.flush()
        add_default_questions(session, calendar)
    return calendar


def change_calendar(calendar_id: int, described: CalendarInput) -> None:
    """Give the calendar another name, duration, time zone or query names. Raises Refused naming the field."""
    tidy = _checked(described)
    with write_transaction() as session:
        calendar = session.get_one(Calendar, calendar_id)
        calendar.name = tidy.name
        calendar.duration_minutes = tidy.duration_minutes or calendar.duration_minutes
        calendar.time_zone = tidy.time_zone
        if tidy.query_names is not None:
            calendar.query_names = list(tidy.query_names)
        if tidy.language is not None:
            calendar.language = tidy.language


def find_calendar(membership: Membership, calendar_id: int) -> Calendar:
    """Return the calendar for somebody who may edit it.

    Raises NotFound for another team's, RoleTooLow for a member and a colleague's calendar.
    """
    calendar = db.session.scalar(
        select(Calendar).where(Calendar.id == calendar_id, Calendar.team_id == membership.team_id)
    )
    if calendar is None:
        raise NotFound("no such calendar")
    if not may_see(membership, calendar, Action.EDIT_ANY_CALENDAR):
        raise RoleTooLow(_("Members see their own calendars. Ask the owner or an administrator."))
    return calendar


def list_calendars(membership: Membership, *, archived: bool = False) -> list[Overview]:
    """The team's calendars in use, or those archived, by name; a member's own only.

    The number of queries does not grow with the calendars.
    """
    mine = visible_calendars(membership, Action.EDIT_ANY_CALENDAR) & (
        Calendar.archived_at.is_not(None) if archived else Calendar.archived_at.is_(None)
    )
    rows = db.session.scalars(select(Calendar).where(mine).order_by(Calendar.id))
    calendars = sorted(rows, key=lambda each: name_order(each.name))
    mappings = {
        record.calendar_id: record
        for record in db.session.scalars(
            select(MappingRecord).join(Calendar).where(mine).options(selectinload(MappingRecord.rows))
        )
    }
    stale = _count_stale(membership.team_id, list(mappings.values()))
    return [_overview(calendar, mappings.get(calendar.id), stale) for calendar in calendars]


def list_named(membership: Membership) -> list[NamedCalendar]:
    """All calendars whose deliveries the reader may see, archived ones too, by name."""
    query = (
        select(Calendar.id, Calendar.name, Calendar.source, Person.name.label("person"), Person.email)
        .join(Person, Person.id == Calendar.owner_id)
        .where(visible_calendars(membership))
        .order_by(Calendar.id)
    )
    rows = sorted(db.session.execute(query), key=lambda row: name_order(row.name))
    return [NamedCalendar(row.id, row.name, row.source, row.person or row.email) for row in rows]


def count_stale_rows(calendar: Calendar) -> int:
    """How many rows of the calendar's mapping need somebody: their question or property is gone, or refused."""
    mapping = db.session.scalar(select(MappingRecord).where(MappingRecord.calendar_id == calendar.id))
    return _count_stale(calendar.team_id, [mapping])[mapping.id] if mapping else 0


def _overview(calendar: Calendar, mapping: MappingRecord | None, stale: dict[int, int]) -> Overview:
    if mapping is None:
        return Overview(calendar, MappingState.NOT_SET_UP, 0)
    state = MappingState.ACTIVE if mapping.active else MappingState.PAUSED
    return Overview(calendar, state, stale[mapping.id])


def _count_stale(team_id: int, mappings: list[MappingRecord]) -> dict[int, int]:
    """How many rows of each mapping point at a deleted question, or at a property that is gone or refused."""
    asked = question_ids([mapping.calendar_id for mapping in mappings])
    known, refused = known_properties(team_id), read_refused(team_id)
    return {
        mapping.id: sum(
            known.is_gone(Section(row.section), row.property_name)
            or row.property_name in refused[Section(row.section)]
            or is_gone(row.information, asked[mapping.calendar_id])
            for row in mapping.rows
        )
        for mapping in mappings
    }


def _checked(described: CalendarInput) -> CalendarInput:
    name = tidy_name(described.name)
    if not name:
        raise Refused(_("The calendar needs a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise Refused(_("The name may have up to %(most)s characters.", most=LONGEST_NAME), field="name")
    if described.duration_minutes is not None and not 1 <= described.duration_minutes <= LONGEST_MINUTES:
        raise Refused(_("The duration is a number of minutes from 1 to 1440."), field="duration_minutes")
    if not is_zone(described.time_zone):
        raise Refused(_("There is no such time zone."), field="time_zone")
    names = described.query_names or ()
    if not all(map(is_query_name, names)):
        raise Refused(
            _("A name has letters without accents, digits and the signs _ . - alone, and up to 100 of them."),
            field="query_names",
        )
    if len(names) > MOST_NAMES:
        raise Refused(_("At most %(most)s names can be kept.", most=MOST_NAMES), field="query_names")
    if len(described.language or "") > LONGEST_LANGUAGE:
        raise Refused(_("Select a language."), field="language")
    return replace(described, name=name)
