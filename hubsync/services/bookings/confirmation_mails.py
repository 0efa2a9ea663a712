"""Confirmation mails: what guest and host read of an appointment, each by their own clock and language.

The subject is the name that the appointment has in a calendar, because Exchange names it after the subject. The
organizer is the sender of this installation under the host's name: so the host's address, which no page shows,
stays the host's own, no calendar takes the mail for an invitation that it has to pass on, and a booking that
changes its host keeps its organizer (calendars refuse to change it). A guest's mail holds nothing that the guest
typed, so that nobody can have words of theirs mailed to strangers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from flask import render_template
from flask_babel import force_locale, get_locale, pgettext
from flask_babel import gettext as _
from sqlalchemy import and_, select

from hubsync.config import settings
from hubsync.domain.honorifics import take_off
from hubsync.domain.mails import MailKind
from hubsync.domain.names import is_plain_name
from hubsync.mail.calendar_file import CalendarEvent, CalendarFile, Method, write_calendar_file
from hubsync.phrases import from_to, labelled
from hubsync.places import place_of
from hubsync.services.bookings.appointment_news import AppointmentNews
from hubsync.services.bookings.overtaken_news import (
    find_calendar_owner,
    is_overtaken_for_guest,
    is_overtaken_for_host,
    may_read,
)
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.people.languages import language_of
from hubsync.services.question_words import word_label
from hubsync.store import db
from hubsync.store.calendar_visibility import may_see
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from hubsync.store.teams import Membership

ENGLISH = "en"


def write_guest_confirmation(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail to the guest of a new appointment; None where a later one tells of it."""
    news = AppointmentNews.read(dict(content))
    return None if is_overtaken_for_guest(news) else write_guest_mail(MailKind.GUEST_CONFIRMATION, news)


def write_host_confirmation(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """The mail to the host of a new appointment; None where a later one tells of it."""
    news, host = AppointmentNews.read(dict(content)), require_host(person)
    return None if is_overtaken_for_host(news, host) else write_host_mail(MailKind.HOST_CONFIRMATION, news, host)


def require_host(person: Person | None) -> Person:
    """The *person* whom a mail to a host is for: the outbox has none of these without."""
    if person is None:
        raise LookupError("this mail is for a person")
    return person


def write_guest_mail(
    kind: MailKind, news: AppointmentNews, method: Method = Method.REQUEST, before: datetime | None = None
) -> WrittenMail:
    """A mail to the guest, in the guest's language and zone; *before* is the time that it had."""
    zone = ZoneInfo(news.guest_zone)
    with force_locale(_known(news.language)):
        event = _event_of_guest(news, ((news.guest_email, ""),))
        before_then, greeting = _tell(before, zone), greet(news.guest_name)
        return _write(kind, news.guest_email, event, method, news=news, before=before_then, greeting=greeting)


def write_guest_file(news: AppointmentNews) -> CalendarFile:
    """The calendar file for whoever has the address of the booking's page, which names no guest."""
    with force_locale(_known(news.language)):
        return write_calendar_file(_event_of_guest(news, ()), Method.PUBLISH)


def write_guest_reminder(news: AppointmentNews) -> WrittenMail:
    """The mail that reminds a guest, in the guest's language and zone. The confirmation had the calendar file."""
    zone = ZoneInfo(news.guest_zone)
    with force_locale(_known(news.language)):
        appointment = _("%(title)s with %(host)s", title=news.title, host=news.host)
        subject = _("Reminder: %(subject)s", subject=appointment)
        shown = {"news": news, "greeting": greet(news.guest_name)}
        text, html = _render(MailKind.GUEST_REMINDER, subject, news.times_in(zone), **shown)
        return WrittenMail(news.guest_email, subject, text, html)


def write_host_mail(
    kind: MailKind,
    news: AppointmentNews,
    person: Person,
    method: Method = Method.REQUEST,
    *,
    before: datetime | None = None,
    reason: str = "",
    goes_to: str = "",
) -> WrittenMail | None:
    """A mail to a host, in the host's language and zone, with what the guest answered.

    Who has left the team is mailed nothing: the calendar's owner reads it instead, or nobody, None, where another
    host has the appointment. *before* is the time that it had, *reason* why the guest changed it, *goes_to* the
    name of its new host.
    """
    former = "" if may_read(news.booking_id, person.id) else person.shown
    if former:
        owner = None if goes_to else find_calendar_owner(news.booking_id)
        if owner is None:
            return None
        person = owner
    zone = ZoneInfo(person.time_zone)
    with force_locale(_known(language_of(person))):
        guest = address_guest(news.guest_name, news.guest_email)
        subject = _("%(title)s with %(name)s", title=news.title, name=guest) if guest else news.title
        answers = [(word_label(label), _in_words(value)) for label, value in news.answers]
        page = _page_of(news, person)
        description = "\n".join([*(labelled(label, value) for label, value in answers), *([page] if page else [])])
        people = (
            (person.email, person.shown),
            *([(news.guest_email, news.guest_name)] if news.guest_email else []),
        )
        event = _event(news, zone, subject, description, people)
        shown = {
            "news": news,
            "guest": guest,
            "answers": answers,
            "page": page,
            "before": _tell(before, zone),
            "reason": reason,
            "goes_to": goes_to,
            "former_host": former,
        }
        return _write(kind, person.email, event, method, reply_to=news.guest_email or None, **shown)


def address_guest(name: str, email: str) -> str:
    """The guest as a mail speaks of them: by name as is polite in the language, else by the e-mail address.

    Where the language puts 様 behind every name, the 様 or さん that somebody typed makes room for it.
    """
    if not name:
        return email
    bare, titles = take_off(name)
    if _puts_title_behind() and titles and name.endswith(titles):
        name = bare
    return pgettext("guest", "%(name)s", name=name)


def greet(name: str) -> str:
    """The line that a mail to the guest begins with, where mails begin so in the language.

    None to a name that might be something else: whoever typed it need not be whose address it is.
    """
    return address_guest(name, "") if _puts_title_behind() and is_plain_name(name) else ""


def _puts_title_behind() -> bool:
    """Whether the language puts something behind every name that it speaks to, as 様."""
    return bool(pgettext("guest", "%(name)s", name=""))


def _tell(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return ""
    local, locale = moment.astimezone(zone), get_locale()
    day, clock = (
        format_date(local.date(), "full", locale=locale),
        format_time(local.time(), "short", locale=locale),
    )
    return _("%(day)s, %(time)s", day=day, time=clock)


def _write(
    kind: MailKind, to: str, event: CalendarEvent, method: Method, reply_to: str | None = None, **shown: Any
) -> WrittenMail:
    cancels = method is Method.CANCEL
    subject = _("Cancelled: %(subject)s", subject=event.summary) if cancels else event.summary
    text, html = _render(kind, subject, (event.starts_at, event.ends_at), **shown)
    return WrittenMail(to, subject, text, html, write_calendar_file(event, method), reply_to)


def _render(kind: MailKind, subject: str, times: tuple[datetime, datetime], **shown: Any) -> tuple[str, str]:
    """Both bodies of the mail, with the *times* by the reader's clock and habits."""
    starts, locale = times[0], get_locale()
    shown |= {
        "subject": subject,
        "day": format_date(starts.date(), "full", locale=locale),
        "clock": from_to(*(format_time(each.time(), "short", locale=locale) for each in times)),
        "zone_name": get_timezone_name(starts, locale=locale),
        "zone": place_of(str(starts.tzinfo)),
    }
    text, html = (render_template(f"mail/{kind}/{part}", **shown).strip() + "\n" for part in PARTS)
    return text, html


PARTS = ("text.txt", "text.html")


def _event_of_guest(news: AppointmentNews, people: tuple[tuple[str, str], ...]) -> CalendarEvent:
    """The appointment as it stands in a guest's calendar, in the guest's zone and the language of the moment."""
    subject = _("%(title)s with %(host)s", title=news.title, host=news.host)
    return _event(news, ZoneInfo(news.guest_zone), subject, _("Your booking: %(link)s", link=news.link), people)


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


def _page_of(news: AppointmentNews, person: Person) -> str:
    """The address where the host finds the booking; empty where the calendar is not the host's to see."""
    log = f"{settings().base_url}/teams/{news.team_slug}/deliveries"
    mine = and_(Membership.team_id == Delivery.team_id, Membership.person_id == person.id)
    query = (
        select(Delivery.id, Calendar, Membership)
        .join(Calendar, Calendar.id == Delivery.calendar_id)
        .outerjoin(Membership, mine)
        .where(Delivery.booking_id == news.booking_id)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return log
    delivery_id, calendar, membership = found
    return f"{log}/{delivery_id}" if membership is not None and may_see(membership, calendar) else ""


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
