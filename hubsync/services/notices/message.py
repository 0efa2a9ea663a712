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
from hubsync.services.notices.recipients import Recipients, owner_of
from hubsync.services.notices.wording import NoticeText, say
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.people.languages import team_language
from hubsync.store.connections import connection_of
from hubsync.store.teams import Team

PARTS = ("text.txt", "text.html")


def write_message(team: Team, failures: OpenFailures, recipients: Recipients) -> WrittenMail:
    """Write the mail that tells *recipients* of *failures* of their *team*, in the language that they read."""
    connection = connection_of(team.id)
    with force_locale(recipients.language):
        since = _moment(failures.since, recipients.time_zone)
        words = say(team, connection, failures, since, recipients.time_zone)
        text, html = (render_template(f"mail/notice/{part}", words=words).strip() + "\n" for part in PARTS)
    return WrittenMail(recipients.addresses, words.subject, text, html, number=failures.number)


def say_to_team(team: Team, failures: OpenFailures) -> NoticeText:
    """The same in words alone and in the team's language, for where it reaches nobody in person."""
    with force_locale(team_language(team.id)):
        time_zone = owner_of(team.id).time_zone
        return say(team, connection_of(team.id), failures, _moment(failures.since, time_zone), time_zone)


def _moment(moment: datetime | None, time_zone: str) -> str:
    if moment is None:
        return ""
    there, locale = moment.astimezone(ZoneInfo(time_zone)), get_locale()
    day, hour = format_date(there.date(), "long", locale=locale), format_time(there, "short", locale=locale)
    return bracketed(_("%(day)s, %(time)s", day=day, time=hour), place_of(time_zone))
