"""One mail of every kind, as the outbox's writers write it for readers of one language."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from hubsync.domain.mails import MailKind
from hubsync.errors import AccessLost, FeedBusy
from hubsync.mail.calendar_file import Method
from hubsync.services import now
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.confirmation_mails import write_guest_mail, write_guest_reminder, write_host_mail
from hubsync.services.connection.status import idle_since
from hubsync.services.notices.message import write_message
from hubsync.services.notices.open_failures import OpenFailures
from hubsync.services.notices.recipients import recipients_of
from hubsync.services.operations.outgoing_mails import WRITERS
from hubsync.services.outbox.sender import WrittenMail
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import Connection
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.full_teams import Things


def write_every_mail(things: Things, language: str) -> dict[MailKind, WrittenMail | None]:
    """A mail of each kind about the *things* of a team, whose people and guest all read *language*."""
    moment = now()
    with write_transaction() as session:
        session.query(Person).update({"language": language})
        session.query(BookingRecord).update({"locale": language})
        team = session.scalars(select(Team).where(Team.slug == things.team_slug)).one()
        held = rows.add_booking(session, team.id, things.calendar_id, starts_at=moment + timedelta(days=4))
        rows.add_delivery(session, held, "held")
    record = db.session.scalars(
        select(BookingRecord).where(BookingRecord.calendar_id == things.calendar_id)
    ).first()
    connection = db.session.scalars(select(Connection).where(Connection.team_id == team.id)).one()
    assert record is not None
    person, news = record.calendar.owner, AppointmentNews.of(db.session(), record, "Mika Sato")
    everybody = recipients_of(team.id, {})
    assert everybody is not None
    failures = OpenFailures(2, 1, 1, 1, 0, moment, moment, lost_code=AccessLost.code)
    cancels, moved = Method.CANCEL, {"before": moment, "reason": "Illness"}
    shown = {"provider": "Google", "account": "a@b.example", "team": "Acme", "person": "Mika Sato"}
    link = {"to": person.email, "language": language, "shown": shown}
    contents = {
        MailKind.SIGNIN_LINK: link | {"token": things.signin_link},
        MailKind.CONFIRM_IDENTITY: link | {"token": things.confirmed_identity},
        MailKind.CLAIM_INVITATION: link | {"token": things.claim},
        MailKind.NEW_WAY_IN: shown,
        MailKind.INVITATION: {"token": things.invitation, "language": language},
        MailKind.BOOKINGS_HELD: {"calendar": "Intro call", "calendar_id": things.calendar_id, "team_slug": "acme"},
        MailKind.EXPIRY_WARNING: {"team_id": team.id, "since": idle_since(connection).isoformat()},
        MailKind.BUSY_CALENDAR_UNREADABLE: {
            "name": "Work",
            "place": "calendar.example",
            "code": FeedBusy.code,
            "since": moment.isoformat(),
            "shows_none": True,
        },
    }
    written = {
        MailKind.GUEST_CONFIRMATION: write_guest_mail(MailKind.GUEST_CONFIRMATION, news),
        MailKind.GUEST_MOVED: write_guest_mail(MailKind.GUEST_MOVED, news, before=moment),
        MailKind.GUEST_CANCELLED: write_guest_mail(MailKind.GUEST_CANCELLED, news, cancels),
        MailKind.GUEST_REMINDER: write_guest_reminder(news),
        MailKind.HOST_CONFIRMATION: write_host_mail(MailKind.HOST_CONFIRMATION, news, person),
        MailKind.HOST_MOVED: write_host_mail(MailKind.HOST_MOVED, news, person, **moved),
        MailKind.HOST_CANCELLED: write_host_mail(MailKind.HOST_CANCELLED, news, person, cancels, reason="Illness"),
        **dict.fromkeys((MailKind.NOTICE, MailKind.NOTICE_COPY), write_message(team, failures, everybody)),
        **{kind: WRITERS[kind](content, person) for kind, content in contents.items()},
    }
    end_read()
    return written
