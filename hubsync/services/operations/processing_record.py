"""Record of processing: the facts of what is kept for one team, read from the settings and from the database.

The page that shows it says nothing of its own about numbers, places and times, so that it is true after every
change of a setting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState
from hubsync.services.alerts.addresses import list_addresses
from hubsync.services.deliveries.statistics import count_by_state
from hubsync.store import Base, db
from hubsync.store.booking_feeds import BookingFeed
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection, connection_of
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import BookingImport
from hubsync.store.mappings import MappingRecord
from hubsync.store.outbox import OutboxMail
from hubsync.store.owners import KnownOwner
from hubsync.store.sources import IntakeEndpoint, SourceAccount
from hubsync.store.teams import Invitation, Membership


@dataclass(frozen=True)
class ProcessingRecord:
    """What is kept for a team at this moment.

    *retention* is None where bookings are kept for ever. *hubspot* is the connection while its tokens are kept.
    *sources* are the names of booking sources that have an address here, *source_accounts* those whose token is
    kept as well. *busy_places* are the hosts of the members' busy calendars, *chats* the services of the chats
    that alerts go to. *import_files* are those of an import that is open. *unsent_mails* wait for the mail server,
    whose *mail_server* is "" where mail is not set up. *database* is what SQLAlchemy calls it. *timelines* are the
    calendars whose bookings are put on the timeline in HubSpot, *hubspot_users* the account's users known here.
    """

    bookings: int
    oldest_at: datetime | None
    retention: timedelta | None
    hubspot: Connection | None
    sources: Sequence[str]
    source_accounts: Sequence[str]
    members: int
    invitations: int
    busy_calendars: int
    busy_places: Sequence[str]
    feeds: int
    blocked_guests: int
    import_files: int
    chats: Sequence[str]
    mail_server: str
    unsent_mails: int
    database: str
    migration_backups: int
    timelines: int
    hubspot_users: int


def read_processing_record(membership: Membership) -> ProcessingRecord:
    """The record of the membership's team; for who may see all of its deliveries."""
    team = membership.team
    oldest = select(Delivery.created_at).where(Delivery.team_id == team.id).order_by(Delivery.id).limit(1)
    connection = connection_of(team.id)
    of_team = select(Membership.person_id).where(Membership.team_id == team.id)
    calendars = db.session.execute(
        select(BusyCalendar.place, func.count())
        .where(BusyCalendar.person_id.in_(of_team))
        .group_by(BusyCalendar.place)
        .order_by(BusyCalendar.place)
    ).all()
    endpoints = select(IntakeEndpoint.source).where(IntakeEndpoint.team_id == team.id)
    accounts = endpoints.join(SourceAccount).where(SourceAccount.token_sealed != "")
    installed = settings()
    waiting = (OutboxMail.team_id == team.id, OutboxMail.settled_at.is_(None))
    return ProcessingRecord(
        bookings=sum(count_by_state(membership).values()),
        oldest_at=db.session.scalar(oldest),
        retention=timedelta(days=installed.retention_days) if installed.retention_days else None,
        hubspot=connection if connection and connection.state != ConnectionState.DISCONNECTED else None,
        sources=_distinct(db.session.scalars(endpoints)),
        source_accounts=_distinct(db.session.scalars(accounts)),
        members=_count(Membership, Membership.team_id == team.id),
        invitations=_count(Invitation, Invitation.team_id == team.id),
        busy_calendars=sum(number for _place, number in calendars),
        busy_places=[place for place, _number in calendars],
        feeds=_count(BookingFeed, BookingFeed.person_id.in_(of_team)),
        blocked_guests=len(team.blocked_guests),
        import_files=_count(BookingImport, BookingImport.team_id == team.id, BookingImport.ended_at.is_(None)),
        chats=[each.service for each in list_addresses(team.id)],
        mail_server=installed.mail_server if installed.mail_set_up else "",
        unsent_mails=_count(OutboxMail, *waiting),
        database=db.engine.dialect.name,
        migration_backups=installed.migration_backups,
        timelines=_count(
            MappingRecord,
            MappingRecord.meetings_on.is_(True),
            MappingRecord.calendar_id.in_(select(Calendar.id).where(Calendar.team_id == team.id)),
        ),
        hubspot_users=_count(
            KnownOwner,
            KnownOwner.hubspot_account_id.in_(
                select(Connection.hubspot_account_id).where(Connection.team_id == team.id)
            ),
        ),
    )


def _count(table: type[Base], *conditions: ColumnElement[bool]) -> int:
    return db.session.scalars(select(func.count()).select_from(table).where(*conditions)).one()


def _distinct(names: Iterable[str]) -> list[str]:
    return sorted(set(names))
