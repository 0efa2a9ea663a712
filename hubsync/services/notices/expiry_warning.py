"""Expiry warning: the mail, two weeks ahead, that access to HubSpot will expire for want of a post.

It goes through the outbox, which tries every hour for as long as access stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import render_template
from flask_babel import force_locale, get_locale
from sqlalchemy import ColumnElement, or_, select

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.connection.access_loss import hubspot_page
from hubsync.services.connection.status import idle_since
from hubsync.services.isolation import log_unexpected
from hubsync.services.notices.recipients import LANGUAGE, Recipients, contents_by_language, recipients_of
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.teams.plans import has_posting_plan
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.people import Person
from hubsync.store.teams import Team

AHEAD = timedelta(days=14)

log = logging.getLogger(__name__)


def put_due_warnings(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Put a warning for every team whose access expires soon and that was not warned yet; return their slugs.

    Once for each idle time, also when several workers do this at once. The mail goes at once to everybody
    who reads one language, so that nobody gets it twice because it was refused for another.
    """
    days = settings().idle_expiry_days
    if not days:
        return []
    put_for = []
    for team_id in _due(days):
        if stopped():
            break
        with log_unexpected(f"warning team {team_id}"):
            slug = _put(team_id, days)
            put_for += [slug] if slug else []
    return put_for


def write_warning(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail; None when something was posted meanwhile, or access is gone."""
    days, since = settings().idle_expiry_days, datetime.fromisoformat(content["since"])
    standing = (Connection.team_id == content["team_id"], *_is_connected())
    connection = db.session.scalar(select(Connection).where(*standing).execution_options(populate_existing=True))
    if connection is None or not days or idle_since(connection) != since:
        return None
    team, recipients = db.session.get_one(Team, connection.team_id), recipients_of(connection.team_id, content)
    return _write(team, connection, since + timedelta(days=days), recipients) if recipients is not None else None


def ahead_of_expiry(days: int) -> timedelta:
    """How long before the end of *days* without a post the mail is sent: two weeks, at most half of them."""
    return min(AHEAD, timedelta(days=days) / 2)


def _due(days: int) -> list[int]:
    team_ids = db.session.scalars(select(Connection.team_id).where(*_is_due(days)).order_by(Connection.id)).all()
    end_read()
    return list(team_ids)


def _is_due(days: int) -> tuple[ColumnElement[bool], ...]:
    moment = now()
    soon, over = moment + ahead_of_expiry(days) - timedelta(days=days), moment - timedelta(days=days)
    posted, connected = Connection.last_posted_at, Connection.connected_at
    return (
        *_is_connected(),
        connected <= soon,
        or_(posted.is_(None), posted <= soon),
        or_(connected > over, posted > over),
        or_(Connection.warned_for.is_(None), Connection.warned_for < connected, Connection.warned_for < posted),
    )


def _is_connected() -> tuple[ColumnElement[bool], ...]:
    # On another plan nobody can connect or post; back on it in time, the team is warned then.
    with_plan = Connection.team_id.in_(select(Team.id).where(has_posting_plan()))
    return (Connection.state == ConnectionState.CONNECTED, with_plan)


def _put(team_id: int, days: int) -> str:
    """Put a warning for one team if no other worker has; return its slug then, else ""."""
    with write_transaction() as session:
        due = select(Connection).where(Connection.team_id == team_id, *_is_due(days))
        connection = session.scalar(due.with_for_update(of=Connection).execution_options(populate_existing=True))
        if connection is None:
            return ""
        since = connection.warned_for = idle_since(connection)
        for content in contents_by_language(team_id, {"team_id": team_id, "since": since.isoformat()}):
            of_language = f":{content[LANGUAGE]}" if LANGUAGE in content else ""
            key = f"{MailKind.EXPIRY_WARNING}:{team_id}:{since.isoformat()}{of_language}"
            not_after = since + timedelta(days=days)
            put(session, MailToPut(MailKind.EXPIRY_WARNING, key, content, team_id=team_id, not_after=not_after))
        slug = session.get_one(Team, team_id).slug
    if not settings().mail_set_up:
        log.warning(
            "Team %s ought to be told that its access to HubSpot expires soon, but mail is not set up: "
            "set HUBSYNC_MAIL_DEFAULT_SENDER and the other HUBSYNC_MAIL_ settings.",
            slug,
        )
    return slug


def _write(team: Team, connection: Connection, end: datetime, recipients: Recipients) -> WrittenMail:
    with force_locale(recipients.language):
        shown = {
            "team": team.name,
            "account": connection.account_name or connection.hubspot_account_id,
            "posted": idle_since(connection) != connection.connected_at,
            "by_key": connection.method == ConnectMethod.SERVICE_KEY,
            "since": _day(idle_since(connection), recipients.time_zone),
            "end": _day(end, recipients.time_zone),
            "page": hubspot_page(team.slug),
        }
        subject = render_template("mail/expiry_warning/subject.txt", **shown).strip()
        text = render_template("mail/expiry_warning/text.txt", **shown)
    return WrittenMail(recipients.addresses, " ".join(subject.split()), text)


def _day(moment: datetime, time_zone: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(time_zone)).date(), "long", locale=get_locale())
