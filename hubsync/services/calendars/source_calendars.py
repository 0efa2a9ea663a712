"""Calendars of booking sources: the one that a booking names is found, or created."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from flask_babel import force_locale, gettext
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, lazyload

from hubsync.domain.booking import PAGE, Booking
from hubsync.domain.names import tidy_name
from hubsync.domain.questions import DEFAULT_QUESTIONS
from hubsync.domain.roles import Role
from hubsync.domain.zones import zone_of_new_calendar
from hubsync.errors import BookingPageClosed, NotFound
from hubsync.services import now
from hubsync.services.people.languages import team_language
from hubsync.sources.registry import SOURCES
from hubsync.store.calendars import Calendar, QuestionRow
from hubsync.store.people import Person
from hubsync.store.teams import Membership

_KNOWN = (
    select(Calendar)
    .where(
        Calendar.team_id == bindparam("team"),
        Calendar.source == bindparam("from_source"),
        Calendar.external_id == bindparam("external_id"),
    )
    .options(lazyload(Calendar.team), lazyload(Calendar.owner))
)
_KNOWN_AND_HELD = _KNOWN.with_for_update(of=Calendar, key_share=True)


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
    """Return the calendar known by (team, source, external id); the caller commits one that a source has new.

    Until then nobody else adds questions to a source's calendar, or they would be there twice. Two that make it at
    one instant end with IntegrityError for one of them. The calendar of a booking page is never made: raises
    NotFound when it was deleted, BookingPageClosed while it is archived.
    """
    known = {"team": team_id, "from_source": booking.source, "external_id": booking.calendar_external_id}
    if booking.source == PAGE:
        return require_open(session.scalar(_KNOWN, known))
    # Rows that refer to the calendar are still written meanwhile: deliveries under way do not wait.
    calendar = session.scalar(_KNOWN_AND_HELD, known)
    return calendar or _make_calendar(session, team_id, booking)


def hold_calendar(session: Session, calendar: Calendar) -> None:
    """Let nobody else change what belongs to a known calendar until the caller commits, as `calendar_for` does.

    That is its questions, its free times and its hosts, and the names by which its bookings are known.
    """
    hold_calendars(session, {calendar.id})


def hold_calendars(session: Session, calendar_ids: Collection[int]) -> None:
    """`hold_calendar` for several of them, in the order in which everybody locks them."""
    held = select(Calendar.id).where(Calendar.id.in_(calendar_ids)).order_by(Calendar.id)
    session.execute(held.with_for_update(of=Calendar, key_share=True))


def require_open(calendar: Calendar | None) -> Calendar:
    """A calendar whose booking page takes bookings. Raises NotFound, or BookingPageClosed for now."""
    if calendar is None:
        raise NotFound("no such booking page")
    if calendar.archived_at is not None:
        raise BookingPageClosed("this calendar takes no bookings")
    return calendar


def _make_calendar(session: Session, team_id: int, booking: Booking) -> Calendar:
    """A calendar of the team's owner, as far as the source's first booking describes it."""
    owner = session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.team_id == team_id, Membership.role == Role.OWNER)
    ).one()
    calendar = Calendar(
        team_id=team_id,
        owner_id=owner.id,
        slug=secrets.token_urlsafe(16),
        name=_name_calendar(team_id, booking)[:200] or booking.calendar_external_id[:200],
        duration_minutes=_minutes(booking),
        time_zone=zone_of_new_calendar(owner.time_zone, booking.guest.timezone, booking.starts_at),
        source=booking.source,
        external_id=booking.calendar_external_id,
        created_at=now(),
    )
    session.add(calendar)
    session.flush()
    add_default_questions(session, calendar)
    return calendar


def _name_calendar(team_id: int, booking: Booking) -> str:
    """What the source calls it; where that names none it is called after the source, in the team's language."""
    name, source = tidy_name(booking.calendar_name), SOURCES.get(booking.source)
    if source is None or name != source.label:
        return name
    with force_locale(team_language(team_id)):
        return gettext(name)


def _minutes(booking: Booking) -> int:
    """How long an appointment is; the usual half an hour for a lead, which has no time."""
    if booking.starts_at is None or booking.ends_at is None:
        return 30
    return max(int((booking.ends_at - booking.starts_at).total_seconds() // 60), 1)
