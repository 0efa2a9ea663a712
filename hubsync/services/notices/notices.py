"""Notices: a team is mailed that something failed, and then not again for a week, through the outbox.

One is put when there is a reason and the silence is over. What it tells is read when it is sent: by then there
may be more, or nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Text, cast, exists, or_, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.audit import AuditAction
from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import IN_TROUBLE
from hubsync.domain.mails import MailKind
from hubsync.domain.notice_throttle import NoticeStep, next_step
from hubsync.errors import ACCOUNT_TROUBLES
from hubsync.services import now
from hubsync.services.isolation import log_unexpected
from hubsync.services.notices.chat_alerts import put_notice_alerts
from hubsync.services.notices.message import write_message
from hubsync.services.notices.open_failures import read_open_failures
from hubsync.services.notices.recipients import LANGUAGE, contents_by_language, recipients_of
from hubsync.services.notices.source_news import has_source_news
from hubsync.services.notices.throttle import interval, is_left_in_peace, last_notice
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.counts import ALL_DAYS, DeliveryCount
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Team


def put_due_notices(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Put a notice for every team that has a reason and was left in peace for long enough, until *stopped*.

    Returns the slugs of these teams. Any number of workers may do this at once: one notice of a team is on its
    way at a time, and the next one is put an interval after a mail server accepted it, or may have.
    """
    if not settings().mail_set_up:
        return []
    put_for = []
    for team_id in _worth_a_look():
        if stopped():
            break
        with log_unexpected(f"telling team {team_id}"):
            slug = retry_on_conflict(partial(_put, team_id)) if _has_something_to_do(team_id) else ""
            put_for += [slug] if slug else []
    return put_for


def write_notice(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail that tells a team what is open; None when by now there is no reason for one.

    It has the owner's language. Whoever reads another one gets a mail of their own (`write_notice_copy`).
    """
    last = last_notice(content["team_id"])
    return _write(content, _known_until(last))


def write_notice_copy(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The same mail to those who read another language; it tells what that one tells, sent before or after it."""
    told_until = content["told_until"]
    return _write(content, datetime.fromisoformat(told_until) if told_until else None)


def _write(content: Mapping[str, Any], told_until: datetime | None) -> WrittenMail | None:
    team = db.session.get(Team, content["team_id"])
    if team is None:
        return None
    failures, recipients = read_open_failures(team.id, told_until), recipients_of(team.id, content)
    if recipients is None or not failures.give_reason(told_until):
        return None
    return write_message(team, failures, recipients)


def note_notice_sent(session: Session, mail: OutboxMail) -> None:
    """Enter into the audit trail that the team was mailed, in the unit that writes down what became of *mail*."""
    if mail.team_id is not None:
        marks = {"unconfirmed": True} if mail.unconfirmed else {}
        record(session, mail.team_id, None, AuditAction.NOTICE_SENT, number=mail.number, **marks)


def _worth_a_look() -> list[int]:
    """Teams that may have a reason and are not surely to be left in peace; one query, however much is stored."""
    something = exists().where(
        DeliveryCount.team_id == Team.id,
        DeliveryCount.day == ALL_DAYS,
        DeliveryCount.state.in_(IN_TROUBLE),
        DeliveryCount.number > 0,
    )
    lost = (
        Connection.state == ConnectionState.LOST,
        Connection.trouble_code.in_(ACCOUNT_TROUBLES),
        cast(Connection.refused_properties, Text) != "[]",
    )
    team_ids = db.session.scalars(
        select(Team.id)
        .outerjoin(Connection, Connection.team_id == Team.id)
        .where(or_(something, *lost, has_source_news()), ~is_left_in_peace(now()))
        .order_by(Team.id)
    ).all()
    end_read()
    return list(team_ids)


def _has_something_to_do(team_id: int) -> bool:
    """Whether it is worth to open a transaction that writes; what is read may be old by then."""
    last = last_notice(team_id)
    step = next_step(last.sent_at if last else None, now(), interval())
    worth = step is NoticeStep.SET_BACK or (step is NoticeStep.PUT and _gives_reason(team_id, last))
    end_read()
    return worth


def _put(team_id: int) -> str:
    """Put a notice of the team if there is still a reason for one; return the team's slug then, else ""."""
    moment = now()
    with write_transaction() as session:
        last = last_notice(team_id, session)
        step = next_step(last.sent_at if last else None, moment, interval())
        if step is NoticeStep.SET_BACK and last is not None:
            last.sent_at = last.settled_at = last.tried_at = moment
        if step is not NoticeStep.PUT or not _gives_reason(team_id, last):
            return ""
        team = session.get_one(Team, team_id)
        # The silence that is over names the notice after it: two workers put it once.
        since = last.sent_at if last is not None and last.sent_at is not None else team.created_at
        key = _key(team_id, since)
        owners, *others = contents_by_language(team_id, {"team_id": team_id})
        if not put(session, MailToPut(MailKind.NOTICE, key, owners, team_id)):
            return ""
        until = _known_until(last)
        for content in others:
            content["told_until"] = until.isoformat() if until is not None else ""
            of_language = f"{key}:{content[LANGUAGE]}"
            # Of no use any more when the silence is over: the next notice tells what is still open.
            not_after = moment + interval()
            put(session, MailToPut(MailKind.NOTICE_COPY, of_language, content, team_id, not_after=not_after))
        put_notice_alerts(session, team, read_open_failures(team_id, _known_until(last)), key)
        return team.slug


def _gives_reason(team_id: int, last: OutboxMail | None) -> bool:
    return read_open_failures(team_id, _known_until(last)).give_reason(_known_until(last))


def _known_until(last: OutboxMail | None) -> datetime | None:
    return last.tried_at if last is not None else None


def _key(team_id: int, since: datetime) -> str:
    return f"{MailKind.NOTICE}:{team_id}:{since.isoformat()}"
