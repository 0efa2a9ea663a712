"""Mail to a person whose busy calendar has not been readable for an hour, through the outbox.

It is put down with the reading that gives the reason for it, so that there is one for each time without readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import render_template
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.domain.mails import MailKind
from hubsync.domain.zones import NOT_CHOSEN, is_zone
from hubsync.errors import family
from hubsync.phrases import bracketed
from hubsync.places import place_of
from hubsync.services import now
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.people.languages import language_of
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.people import Person

OF_USE_FOR = timedelta(days=1)


def put_unreadable(session: Session, row: BusyCalendar) -> None:
    """Write the mail down within the caller's transaction. It says nothing of the address but its host."""
    since = (row.faulty_since or now()).isoformat()
    content = {
        "name": row.name,
        "place": row.place,
        "code": row.fault_code,
        "since": since,
        "shows_none": row.when_unreadable is WhenUnreadable.SHOW_NONE,
    }
    key = f"busy-calendar:{row.id}:{since}"
    put(
        session,
        MailToPut(
            MailKind.BUSY_CALENDAR_UNREADABLE,
            key,
            content,
            person_id=row.person_id,
            not_after=now() + OF_USE_FOR,
        ),
    )


def write_unreadable(content: Mapping[str, Any], person: Person | None) -> WrittenMail:
    """Write the mail, in the person's language and zone; the outbox has none of these without its person."""
    if person is None:
        raise LookupError("a mail about a busy calendar without its person")
    fault = family().get(content["code"])
    with force_locale(language_of(person)):
        shown = {
            **content,
            "since": _moment(content["since"], person.time_zone),
            # gettext("") would answer with the head of the catalogue.
            "advice": _(fault.advice) if fault is not None and fault.advice else "",
            "page": f"{settings().base_url}/account#busy-calendars",
        }
        subject = render_template("mail/busy_calendar_unreadable/subject.txt", **shown).strip()
        text = render_template("mail/busy_calendar_unreadable/text.txt", **shown)
    return WrittenMail(person.email, subject, text)


def _moment(moment: str, time_zone: str) -> str:
    zone = time_zone if is_zone(time_zone) else NOT_CHOSEN
    there, locale = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)), get_locale()
    day, hour = format_date(there.date(), "long", locale=locale), format_time(there, "short", locale=locale)
    return bracketed(_("%(day)s, %(time)s", day=day, time=hour), place_of(zone))
