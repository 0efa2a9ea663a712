"""Throttle of notices: what the team's mails in the outbox say of the last one, and of one on its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.mails import MailKind
from hubsync.store import db
from hubsync.store.outbox import OutboxMail
from hubsync.store.teams import Team


def interval() -> timedelta:
    """For how long nobody is mailed after a notice."""
    return timedelta(days=settings().notice_interval_days)


def last_notice(team_id: int, session: Session | None = None) -> OutboxMail | None:
    """The last notice of the team that counts as sent. What had happened until its `tried_at` was told."""
    sent = _of(team_id).where(OutboxMail.sent_at.is_not(None)).order_by(OutboxMail.sent_at.desc())
    return (session or db.session).scalars(sent.limit(1)).first()


def notice_on_its_way(team_id: int) -> OutboxMail | None:
    """The notice of the team that has not left yet."""
    return db.session.scalars(_of(team_id).where(OutboxMail.settled_at.is_(None)).limit(1)).first()


def is_left_in_peace(moment: datetime) -> ColumnElement[bool]:
    """The condition for teams that are surely not mailed at *moment*, for a query of teams."""
    lately = and_(OutboxMail.sent_at > moment - interval(), OutboxMail.sent_at <= moment + SKEW)
    of_team = and_(OutboxMail.team_id == Team.id, OutboxMail.kind == MailKind.NOTICE)
    return exists().where(of_team, OutboxMail.settled_at.is_(None) | lately)


def _of(team_id: int) -> Select[OutboxMail]:
    notices = select(OutboxMail).where(OutboxMail.team_id == team_id, OutboxMail.kind == MailKind.NOTICE)
    return notices.execution_options(populate_existing=True)
