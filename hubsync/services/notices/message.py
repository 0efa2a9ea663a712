"""E-mail of a notice: what has failed, since when, and what to press. It names no guest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import render_template
from flask_babel import force_locale, get_locale

from hubsync.config import settings
from hubsync.services.notices.open_failures import OpenFailures
from hubsync.services.notices.recipients import addressees_of
from hubsync.services.notices.wording import say
from hubsync.store.connections import connection_of
from hubsync.store.teams import Team

PARTS = ("text.txt", "text.html")


@dataclass(frozen=True)
class NoticeMail:
    """A notice as it is sent: to whom, the fixed subject, both bodies, and the id by which a copy is known."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    message_id: str


def write_notice(team: Team, failures: OpenFailures, window: datetime) -> NoticeMail:
    """Write the mail that tells *team* of *failures*, in the owner's language.

    *window* is when the silence before this notice began: every try of this notice has the same Message-ID.
    """
    connection = connection_of(team.id)
    addressees = addressees_of(team.id)
    with force_locale(addressees.language or "en"):
        since = _moment(failures.since, addressees.time_zone)
        words = say(team, connection, failures, since, addressees.time_zone)
        text, html = (render_template(f"mail/notice/{part}", words=words).strip() + "\n" for part in PARTS)
    message_id = f"<notice.{team.id}.{window:%Y%m%d%H%M%S}@{urlsplit(settings().base_url).hostname}>"
    return NoticeMail(addressees.addresses, words.subject, text, html, message_id)


def _moment(moment: datetime | None, time_zone: str) -> str:
    if moment is None:
        return ""
    there, locale = moment.astimezone(ZoneInfo(time_zone)), get_locale()
    day, hour = format_date(there.date(), "long", locale=locale), format_time(there, "short", locale=locale)
    return f"{day}, {hour} ({time_zone.replace('_', ' ')})"
