"""Expiry warning: the mail, two weeks ahead, that access to HubSpot will expire for want of a post."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import render_template
from flask_babel import force_locale, get_locale
from sqlalchemy import ColumnElement, or_, select, update

from hubsync.config import settings
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.errors import MailNotSent
from hubsync.services import now, tools
from hubsync.services.connection.access_loss import hubspot_page
from hubsync.services.connection.status import idle_since
from hubsync.services.isolation import log_unexpected
from hubsync.services.notices.recipients import Recipients, addressees_of
from hubsync.services.teams.plans import has_posting_plan
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.leases import EXPIRY_WARNING
from hubsync.store.teams import Team

AHEAD = timedelta(days=14)
AFTER_A_FAILURE = timedelta(hours=1)
WITHOUT_MAIL = EXPIRY_WARNING.longest

log = logging.getLogger(__name__)


def warn_due(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Mail every team whose access expires soon and that was not warned yet; return the slugs of those warned.

    Once for each idle time, also when several workers do this at once: it counts as warned when the mail server
    has accepted the mail, which goes to everybody at once so that nobody gets it twice because it was refused for
    another. A mail that fails is tried again an hour later.
    """
    days = settings().idle_expiry_days
    if not days:
        return []
    warned = []
    for team_id in _due(days):
        if stopped():
            break
        with log_unexpected(f"warning team {team_id}"):
            slug = _warn(team_id, days)
            warned += [slug] if slug else []
    return warned


def ahead_of_expiry(days: int) -> timedelta:
    """How long before the end of *days* without a post the mail is sent: two weeks, at most half of them."""
    return min(AHEAD, timedelta(days=days) / 2)


def _due(days: int) -> list[int]:
    due = (*_is_due(days), EXPIRY_WARNING.free(now()))
    team_ids = db.session.scalars(select(Connection.team_id).where(*due).order_by(Connection.id)).all()
    end_read()
    return list(team_ids)


def _is_due(days: int) -> tuple[ColumnElement[bool], ...]:
    moment = now()
    soon, over = moment + ahead_of_expiry(days) - timedelta(days=days), moment - timedelta(days=days)
    posted, connected = Connection.last_posted_at, Connection.connected_at
    return (
        Connection.state == ConnectionState.CONNECTED,
        # On another plan nobody can connect or post; back on it in time, the team is warned then.
        Connection.team_id.in_(select(Team.id).where(has_posting_plan())),
        connected <= soon,
        or_(posted.is_(None), posted <= soon),
        or_(connected > over, posted > over),
        or_(Connection.warned_for.is_(None), Connection.warned_for < connected, Connection.warned_for < posted),
    )


def _warn(team_id: int, days: int) -> str:
    """Warn one team if no other worker does; return its slug when the mail was accepted, else ""."""
    with write_transaction() as session:
        if not EXPIRY_WARNING.acquire(session, now(), Connection.team_id == team_id, *_is_due(days)):
            return ""
        connection = session.scalars(select(Connection).where(Connection.team_id == team_id)).one()
        team = session.get_one(Team, team_id)
        addressees = addressees_of(team_id)
    since = idle_since(connection)
    if not settings().mail_set_up:
        log.warning(
            "Team %s ought to be told that its access to HubSpot expires soon, but mail is not set up: "
            "set HUBSYNC_MAIL_DEFAULT_SENDER and the other HUBSYNC_MAIL_ settings.",
            team.slug,
        )
        _leave_for(team_id, WITHOUT_MAIL)
        return ""
    try:
        refused = _send(team, connection, since + timedelta(days=days), addressees)
    except MailNotSent as fault:
        log.warning("The expiry warning of team %s could not be mailed: %s.", team.slug, fault.message)
        _leave_for(team_id, AFTER_A_FAILURE)
        return ""
    if refused:
        log.warning("The mail server refused %d recipients of team %s's expiry warning.", refused, team.slug)
    with write_transaction() as session:
        session.execute(
            update(Connection)
            .where(Connection.team_id == team_id)
            .values(warned_for=since, **EXPIRY_WARNING.released())
        )
    return team.slug


def _send(team: Team, connection: Connection, end: datetime, addressees: Recipients) -> int:
    """Send the mail; return how many recipients were refused while others were not. Raises MailNotSent."""
    with force_locale(addressees.language or "en"):
        shown = {
            "team": team.name,
            "account": connection.account_name or connection.hubspot_account_id,
            "posted": idle_since(connection) != connection.connected_at,
            "by_key": connection.method == ConnectMethod.SERVICE_KEY,
            "since": _day(idle_since(connection), addressees.time_zone),
            "end": _day(end, addressees.time_zone),
            "page": hubspot_page(team.slug),
        }
        subject = render_template("mail/idle_warning/subject.txt", **shown).strip()
        text = render_template("mail/idle_warning/text.txt", **shown)
    period, host = f"{idle_since(connection):%Y%m%d%H%M%S}", urlsplit(settings().base_url).hostname
    message_id = f"<idle-warning.{team.id}.{period}@{host}>"
    return len(
        tools().mail_sender.send(addressees.addresses, " ".join(subject.split()), text, message_id=message_id)
    )


def _day(moment: datetime, time_zone: str) -> str:
    return format_date(moment.astimezone(ZoneInfo(time_zone)).date(), "long", locale=get_locale())


def _leave_for(team_id: int, pause: timedelta) -> None:
    """Let nobody try again before *pause* is over."""
    with write_transaction() as session:
        session.execute(
            update(Connection)
            .where(Connection.team_id == team_id)
            .values(EXPIRY_WARNING.taken(now(), length=pause))
        )
