"""E-mail of a notice: what has failed, since when, and what to press. It names no guest."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import render_template
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from hubsync.phrases import bracketed
from hubsync.places import place_of
from hubsync.services.notices.open_failures import OpenFailures
from hubsync.services.notices.recipients import addressees_of
from hubsync.services.notices.wording import NoticeText, say
from hubsync.services.outbox.sender import WrittenMail
from hubsync.store.connections import connection_of
from hubsync.store.teams import Team

PARTS = ("text.txt", "text.html")


def write_message(team: Team, failures: OpenFailures) -> WrittenMail:
    """Write the mail that tells *team* of *failures*, in the team's language."""
    connection = connection_of(team.id)
    addressees = addressees_of(team.id)
    with force_locale(addressees.language):
        since = _moment(failures.since, addressees.time_zone)
        words = say(team, connection, failures, since, addressees.time_zone)
        text, html = (render_template(f"mail/notice/{part}", words=words).strip() + "\n" for part in PARTS)
    return WrittenMail(addressees.addresses, words.subject, text, html, number=failures.number)


def say_to_team(team: Team, failures: OpenFailures) -> NoticeText:
    """The same in words alone, for where there is no mail."""
    addressees = addressees_of(team.id)
    with force_locale(addressees.language):
        since = _moment(failures.since, addressees.time_zone)
        return say(team, connection_of(team.id), failures, since, addressees.time_zone)


def _moment(moment: datetime | None, time_zone: str) -> str:
    if moment is None:
        return ""
    there, locale = moment.astimezone(ZoneInfo(time_zone)), get_locale()
    day, hour = format_date(there.date(), "long", locale=locale), format_time(there, "short", locale=locale)
    return bracketed(_("%(day)s, %(time)s", day=day, time=hour), place_of(time_zone))
