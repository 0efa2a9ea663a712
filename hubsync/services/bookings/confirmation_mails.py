"""Confirmation mails: what guest and host read of a new appointment, each by their own clock and language.

The subject is the name that the appointment has in a calendar, because Exchange names it after the subject. The
organizer is the sender of this installation under the host's name: so the host's address, which no page shows,
stays the host's own, no calendar takes the mail for an invitation that it has to pass on, and a booking that
changes its host keeps its organizer (calendars refuse to change it). A guest's mail holds nothing that the guest
typed, so that nobody can have words of theirs mailed to strangers.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from flask import render_template
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hubsync.config import settings
from hubsync.domain.mails import MailKind
from hubsync.mail.calendar_file import CalendarEvent, write_calendar_file
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.outbox.sender import WrittenMail
from hubsync.store import db
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person

ENGLISH = "en"


def write_guest_confirmation(content: Mapping[str, Any], person: Person | None) -> WrittenMail:
    """The mail to the guest, in the guest's language and zone."""
    news = AppointmentNews.read(dict(content))
    zone = ZoneInfo(news.guest_zone)
    with force_locale(_known(news.language)):
        subject = _("%(title)s with %(name)s", title=news.title, name=news.host)
        description = _("Your booking: %(link)s", link=news.link)
        event = _event(news, zone, subject, description, ((news.guest_email, ""),))
        return _write(MailKind.GUEST_CONFIRMATION, news.guest_email, event, news=news)


def write_host_confirmation(content: Mapping[str, Any], person: Person | None) -> WrittenMail:
    """The mail to the host, in the host's language and zone, with what the guest answered."""
    if person is None:
        raise LookupError("this mail is for a person")
    news = AppointmentNews.read(dict(content))
    zone = ZoneInfo(person.time_zone)
    with force_locale(_known(person.language)):
        guest = news.guest_name or news.guest_email
        subject = _("%(title)s with %(name)s", title=news.title, name=guest) if guest else news.title
        answers = [(label, _in_words(value)) for label, value in news.answers]
        page = _page_of(news)
        description = "\n".join([*(f"{label}: {value}" for label, value in answers), page])
        people = (
            (person.email, person.shown),
            *([(news.guest_email, news.guest_name)] if news.guest_email else []),
        )
        event = _event(news, zone, subject, description, people)
        shown = {"news": news, "guest": guest, "answers": answers, "page": page}
        return _write(MailKind.HOST_CONFIRMATION, person.email, event, reply_to=news.guest_email or None, **shown)


def _write(
    kind: MailKind, to: str, event: CalendarEvent, reply_to: str | None = None, **shown: Any
) -> WrittenMail:
    starts, ends, locale = event.starts_at, event.ends_at, get_locale()
    shown |= {
        "subject": event.summary,
        "day": format_date(starts.date(), "full", locale=locale),
        "clock": " – ".join(format_time(each.time(), "short", locale=locale) for each in (starts, ends)),
        "zone_name": get_timezone_name(starts, locale=locale),
        "zone": str(starts.tzinfo).replace("_", " "),
    }
    text, html = (render_template(f"mail/{kind}/{part}", **shown).strip() + "\n" for part in PARTS)
    return WrittenMail(to, event.summary, text, html, write_calendar_file(event), reply_to)


PARTS = ("text.txt", "text.html")


def _event(
    news: AppointmentNews, zone: ZoneInfo, summary: str, description: str, people: tuple[tuple[str, str], ...]
) -> CalendarEvent:
    starts_at, ends_at = news.times_in(zone)
    return CalendarEvent(
        uid=news.uid,
        sequence=news.sequence,
        starts_at=starts_at,
        ends_at=ends_at,
        stamp=news.at,
        summary=summary,
        description=description,
        organizer=(parseaddr(settings().mail_default_sender)[1], news.host),
        attendees=people,
        location=news.location,
    )


def _page_of(news: AppointmentNews) -> str:
    """The address where the host finds the booking."""
    log = f"{settings().base_url}/teams/{news.team_slug}/deliveries"
    delivery_id = db.session.scalar(select(Delivery.id).where(Delivery.booking_id == news.booking_id))
    return f"{log}/{delivery_id}" if delivery_id is not None else log


def _in_words(value: str | bool) -> str:
    if isinstance(value, str):
        return value
    return _("Yes") if value else _("No")


def _known(tag: str) -> str:
    """The locale of a language tag, or of the name of a catalogue; English where there is none."""
    try:
        return str(Locale.parse(tag.replace("-", "_"))) if tag else ENGLISH
    except (ValueError, UnknownLocaleError):
        return ENGLISH
