"""Erasure of a person who left: what they owned is handed over, and no name or address of theirs is kept.

Their sessions, links, accounts, busy calendars, booking feed and mails go with them. What they did stays in the
audit trail under a mark. Guests' bookings stay: they are the team's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from hubsync.domain.erased_people import mark_of
from hubsync.domain.owners import address_key
from hubsync.domain.roles import Role
from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import Refused
from hubsync.services import now
from hubsync.services.security_log import write_after_commit
from hubsync.services.teams.members import membership_of, take_out
from hubsync.services.teams.ownership import pass_on
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import Meeting
from hubsync.store.owners import GivenOwner, KnownOwner
from hubsync.store.people import Person, UnconfirmedIdentity
from hubsync.store.teams import AuditEntry, Invitation, Membership, Team

AT_ONCE = 1000


@dataclass(frozen=True)
class PersonBelongings:
    """What a person has: teams by name, *owned* ones and *others*; calendars, of which *appointments* are to come
    with the person as host, and busy calendars."""

    owned: Sequence[str]
    others: Sequence[str]
    calendars: int
    appointments: int
    busy_calendars: int


def count_belongings(person_id: int) -> PersonBelongings:
    """What erasing the person would hand over or delete."""
    teams = select(Team.name).join(Membership).where(Membership.person_id == person_id).order_by(Team.name)
    counted = PersonBelongings(
        owned=db.session.scalars(teams.where(Membership.role == Role.OWNER)).all(),
        others=db.session.scalars(teams.where(Membership.role != Role.OWNER)).all(),
        calendars=_count(Calendar.id, Calendar.owner_id == person_id),
        appointments=_count(BookingRecord.id, _is_host_of_what_comes(person_id)),
        busy_calendars=_count(BusyCalendar.id, BusyCalendar.person_id == person_id),
    )
    end_read()
    return counted


def erase_person(person_id: int, new_owner_id: int | None = None) -> None:
    """Erase the person, in one transaction.

    Teams that they own get the owner *new_owner_id*, who has to be in each of them. Calendars, and appointments to
    come, go to the owner of their team. Raises Refused for teams without a new owner.
    """
    retry_on_conflict(partial(_erase, person_id, new_owner_id))


def _erase(person_id: int, new_owner_id: int | None) -> None:
    with write_transaction() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise Refused("Nobody has this e-mail address.")
        memberships = session.scalars(select(Membership).where(Membership.person_id == person_id)).all()
        for team_id, role in [(each.team_id, each.role) for each in memberships]:
            if role == Role.OWNER:
                _give_away(session, team_id, person_id, new_owner_id)
            take_out(session, team_id, person_id)
        _hand_over_rest(session, person)
        texts = frozenset({person.email, person.name, f"{person.name} ({person.email})"}) - {""}
        _forget_hubspot_user(session, person.email, texts)
        _mark_trail(session, person_id, texts)
        for table in (Invitation, UnconfirmedIdentity):
            session.execute(delete(table).where(table.email == person.email))
        session.execute(delete(Person).where(Person.id == person_id))
        write_after_commit(session, SecurityEvent.ACCESS_CHANGED, person=person_id, what="person_erased")


def _give_away(session: Session, team_id: int, person_id: int, new_owner_id: int | None) -> None:
    team = session.get_one(Team, team_id)
    if new_owner_id is None:
        raise Refused(
            f"The team {team.name} belongs to this person. Say who is to own it, or delete the team first."
        )
    if new_owner_id == person_id or membership_of(session, team_id, new_owner_id) is None:
        raise Refused(f"The new owner is not in the team {team.name}.")
    pass_on(session, team_id, person_id, new_owner_id)


def _hand_over_rest(session: Session, person: Person) -> None:
    """What is the person's in teams that they left before, and appointments to come; other ones lose the name."""
    owner_of = select(Membership.person_id).where(Membership.role == Role.OWNER)
    to_owner = owner_of.where(Membership.team_id == Calendar.team_id).scalar_subquery()
    session.execute(update(Calendar).where(Calendar.owner_id == person.id).values(owner_id=to_owner))
    coming = _is_host_of_what_comes(person.id)
    for team_id in session.scalars(select(BookingRecord.team_id).where(coming).distinct()).all():
        owner = session.scalars(select(Person).join(Membership).where(*_owns(team_id))).one()
        of_team = update(BookingRecord).where(coming, BookingRecord.team_id == team_id)
        session.execute(of_team.values(host_id=owner.id, host=owner.shown[:320]))
    named = or_(
        BookingRecord.host_id == person.id,
        BookingRecord.host == person.email,
        BookingRecord.host_email == person.email,
    )
    session.execute(update(BookingRecord).where(named).values(host="", host_email="", host_id=None))


def _forget_hubspot_user(session: Session, email: str, texts: frozenset[str]) -> None:
    """Keep of the person as a HubSpot user no more than the id, which rules and records go by."""
    is_theirs = KnownOwner.address_key == address_key(email)
    texts |= set(session.scalars(select(KnownOwner.name).where(is_theirs, KnownOwner.name != "")))
    session.execute(update(KnownOwner).where(is_theirs).values(name="", email="", address_key=""))
    for table in (GivenOwner, MappingRecord, Meeting):
        session.execute(update(table).where(table.owner_name.in_(texts)).values(owner_name=""))


def _mark_trail(session: Session, person_id: int, texts: frozenset[str]) -> None:
    """Let a mark stand in the audit trail wherever one of *texts*, which name the person, is kept."""
    mark, last = mark_of(person_id), 0
    session.execute(update(AuditEntry).where(AuditEntry.person_id == person_id).values(person_shown=mark))
    while True:
        query = select(AuditEntry.id, AuditEntry.details).where(AuditEntry.id > last).order_by(AuditEntry.id)
        rows = session.execute(query.limit(AT_ONCE)).all()
        if not rows:
            return
        for entry_id, details in rows:
            marked = _marked(details, texts, mark)
            if marked != details:
                session.execute(update(AuditEntry).where(AuditEntry.id == entry_id).values(details=marked))
        last = rows[-1].id


def _marked(value: Any, texts: frozenset[str], mark: str) -> Any:
    match value:
        case dict():
            return {key: _marked(each, texts, mark) for key, each in value.items()}
        case list():
            return [_marked(each, texts, mark) for each in value]
        case str() if value in texts:
            return mark
    return value


def _owns(team_id: int) -> tuple[ColumnElement[bool], ...]:
    return Membership.team_id == team_id, Membership.role == Role.OWNER


def _is_host_of_what_comes(person_id: int) -> ColumnElement[bool]:
    return (
        (BookingRecord.host_id == person_id)
        & BookingRecord.cancelled_at.is_(None)
        & (BookingRecord.ends_at > now())
    )


def _count(column: Any, which: ColumnElement[bool]) -> int:
    return db.session.scalars(select(func.count(column)).where(which)).one()
