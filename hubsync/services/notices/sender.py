"""Sender of notices: a team is mailed that something failed, and then not again for a week."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select

from hubsync.config import settings
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import IN_TROUBLE
from hubsync.errors import ACCOUNT_TROUBLES, MailNotSent
from hubsync.services import now, tools
from hubsync.services.isolation import log_unexpected
from hubsync.services.notices import throttle
from hubsync.services.notices.source_news import has_source_news
from hubsync.services.notices.throttle import interval
from hubsync.store import db, end_read
from hubsync.store.connections import Connection
from hubsync.store.counts import ALL_DAYS, DeliveryCount
from hubsync.store.notices import Notice
from hubsync.store.teams import Team

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SentNotice:
    """A team that was mailed; *unconfirmed* when the mail server's answer was lost after the mail."""

    team_slug: str
    unconfirmed: bool


class _Overtaken(Exception):
    """The lease ended before the mail could be handed over; whoever has it now sends the mail."""


def send_due_notices(stopped: Callable[[], bool] = lambda: False) -> list[SentNotice]:
    """Mail every team that has a reason and was left in peace for long enough, until *stopped*; return which.

    Any number of workers may do this at once, and any may be killed at any moment: a team gets one mail in an
    interval. The worker writes down that it is about to hand the mail over, and one that was stopped after that
    counts as having sent it. What the mail server does not take is tried again after growing pauses.
    """
    if not settings().mail_set_up:
        return []
    sent = []
    for team_id in _worth_a_look():
        if stopped():
            break
        with log_unexpected(f"telling team {team_id}"):
            sent += _tell(team_id)
    return sent


def _worth_a_look() -> list[int]:
    """Teams that may have a reason and are not surely to be left in peace; one query, however much is stored."""
    moment = now()
    in_peace = and_(
        Notice.handing_over_at.is_(None),
        Notice.sent_at > moment - interval(),
        Notice.sent_at <= moment + SKEW,
    )
    something = exists().where(
        DeliveryCount.team_id == Team.id,
        DeliveryCount.day == ALL_DAYS,
        DeliveryCount.state.in_(IN_TROUBLE),
        DeliveryCount.number > 0,
    )
    team_ids = db.session.scalars(
        select(Team.id)
        .outerjoin(Notice, Notice.team_id == Team.id)
        .outerjoin(Connection, Connection.team_id == Team.id)
        .where(
            or_(
                something,
                Connection.state == ConnectionState.LOST,
                Connection.trouble_code.in_(ACCOUNT_TROUBLES),
                Notice.handing_over_at.is_not(None),
                has_source_news(),
            )
        )
        .where(or_(Notice.id.is_(None), Notice.sent_at.is_(None), ~in_peace))
        .order_by(Team.id)
    ).all()
    end_read()
    return list(team_ids)


def _tell(team_id: int) -> list[SentNotice]:
    if not throttle.has_something_to_do(team_id):
        return []
    notice = throttle.take(team_id)
    if notice is None:
        return []
    mail = notice.mail
    try:
        refused = tools().mail_sender.send(
            mail.to, mail.subject, mail.text, mail.html, mail.message_id, lambda: _hand_over(notice)
        )
    except _Overtaken:
        log.info("The notice of team %s was left to another worker.", notice.team_slug)
        return []
    except MailNotSent as fault:
        if not fault.perhaps_sent:
            throttle.note_not_sent(notice, fault)
            return []
        log.warning("The mail server's answer to team %s's notice was lost; it counts as sent.", notice.team_slug)
        throttle.note_sent(notice, fault.reason)
        return [SentNotice(notice.team_slug, unconfirmed=True)]
    if refused:
        log.warning("The mail server refused %d recipients of team %s's notice.", len(refused), notice.team_slug)
    throttle.note_sent(notice)
    return [SentNotice(notice.team_slug, unconfirmed=False)]


def _hand_over(notice: throttle.LeasedNotice) -> None:
    if not throttle.hand_over(notice):
        raise _Overtaken
