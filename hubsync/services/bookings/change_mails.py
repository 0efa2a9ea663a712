"""Mails of changes: what guest and host are mailed when the guest moves an appointment or cancels it.

They are written down by the unit that changes the booking, and their calendar files have the UID of the
confirmation and a higher SEQUENCE. A host to whom a moved booking does not come any more is asked to take it out
of the calendar. The reason that a guest gives goes to hosts alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.mail.calendar_file import Method
from hubsync.services.bookings.appointment_mails import is_mailed_to_guest
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.appointments import is_held, name_host
from hubsync.services.bookings.confirmation_mails import require_host, write_guest_mail, write_host_mail
from hubsync.services.bookings.overtaken_news import (
    MOST_MOVES,
    has_come_back,
    is_overtaken_for_guest,
    is_overtaken_for_host,
)
from hubsync.services.bookings.reminders import put_reminder, withdraw_reminder
from hubsync.services.outbox.outbox import MailToPut, put, withdraw
from hubsync.services.outbox.sender import WrittenMail
from hubsync.store.bookings import BookingRecord
from hubsync.store.people import Person

OF_WHAT_STANDS = (
    MailKind.GUEST_CONFIRMATION,
    MailKind.HOST_CONFIRMATION,
    MailKind.GUEST_MOVED,
    MailKind.HOST_MOVED,
    MailKind.GUEST_REMINDER,
)
"""What tells of an appointment that stands."""


def put_cancelled(session: Session, record: BookingRecord, reason: str) -> None:
    """Let guest and host be mailed that *record* was cancelled; in the unit that marks it, after its history.

    What has not left of the mails before it is of no use any more.
    """
    withdraw(session, record, OF_WHAT_STANDS)
    news = _news(session, record)
    if news is None:
        return
    if is_mailed_to_guest(session, record):
        _put(session, record, MailKind.GUEST_CANCELLED, news)
    if record.host_id is not None:
        _put(session, record, MailKind.HOST_CANCELLED, news, person_id=record.host_id, reason=reason)


def put_moved(
    session: Session,
    record: BookingRecord,
    *,
    former_times: tuple[datetime, datetime],
    former_host: int | None,
    reason: str,
) -> None:
    """Let guest and host be mailed of the new time of *record*; in the unit that moves it, after its history.

    Where it goes to another host, the *former_host* (an id) is mailed that it does not come.
    """
    withdraw_reminder(session, record)
    news = _news(session, record)
    if news is None:
        return
    before = former_times[0].isoformat()
    if news.sequence <= MOST_MOVES and is_mailed_to_guest(session, record):
        _put(session, record, MailKind.GUEST_MOVED, news, before=before)
        put_reminder(session, record, news)
    if record.host_id is not None:
        told = {"before": before, "reason": reason}
        _put(session, record, MailKind.HOST_MOVED, news, person_id=record.host_id, **told)
    if former_host is not None and former_host != record.host_id:
        former = replace(news, starts_at=former_times[0], ends_at=former_times[1])
        told = {"reason": reason, "goes_to": news.host}
        _put(session, record, MailKind.HOST_CANCELLED, former, person_id=former_host, **told)


def write_guest_moved(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail to the guest whose appointment has another time; None where a later one tells of it."""
    news = AppointmentNews.read(content["news"])
    if is_overtaken_for_guest(news):
        return None
    return write_guest_mail(MailKind.GUEST_MOVED, news, before=_before(content))


def write_guest_cancelled(content: Mapping[str, Any], person: Person | None) -> WrittenMail:
    """The mail to the guest whose appointment is cancelled."""
    return write_guest_mail(MailKind.GUEST_CANCELLED, AppointmentNews.read(content["news"]), Method.CANCEL)


def write_host_moved(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail to the host whose appointment has another time, or who gets one that was moved; None where a later
    one tells of it.
    """
    news, host = AppointmentNews.read(content["news"]), require_host(person)
    if is_overtaken_for_host(news, host):
        return None
    return write_host_mail(MailKind.HOST_MOVED, news, host, before=_before(content), reason=content["reason"])


def write_host_cancelled(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail to the host whose appointment is cancelled, or goes to another host; None where it came back."""
    news, host = AppointmentNews.read(content["news"]), require_host(person)
    if has_come_back(news, host):
        return None
    told = {"reason": content["reason"], "goes_to": content.get("goes_to", "")}
    return write_host_mail(MailKind.HOST_CANCELLED, news, host, Method.CANCEL, **told)


def _news(session: Session, record: BookingRecord) -> AppointmentNews | None:
    """What the mails tell; None where no mail is set up, and of a booking that nobody was told of: it is held."""
    if not settings().mail_set_up or is_held(session, record):
        return None
    session.flush()
    return AppointmentNews.of(session, record, name_host(session, record))


def _put(
    session: Session,
    record: BookingRecord,
    kind: MailKind,
    news: AppointmentNews,
    person_id: int | None = None,
    **told: str,
) -> None:
    mail = MailToPut(
        kind=kind,
        key=f"{kind}:{record.team_id}:{record.external_id}:{news.sequence}",
        content={"news": news.stored(), **told},
        team_id=record.team_id,
        person_id=person_id,
        booking=record,
        not_after=news.starts_at,
    )
    put(session, mail)


def _before(content: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(content["before"])
