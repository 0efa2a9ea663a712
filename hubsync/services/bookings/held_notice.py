"""Mail that bookings of a calendar are held for a look: through the outbox, at most once a day for a calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.clock_skew import SKEW
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail
from hubsync.services.people.languages import language_of
from hubsync.store import db
from hubsync.store.calendar_visibility import may_see
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Membership

SILENCE = timedelta(days=1)


def put_held_notice(session: Session, calendar: Calendar) -> None:
    """Let the owner and the administrators of the team be mailed, and whose *calendar* it is; once a day.

    In the unit that holds a booking, while nobody else decides about the calendar. It says nothing of any guest.
    """
    if not settings().mail_set_up:
        return
    beginning = f"{MailKind.BOOKINGS_HELD}:{calendar.id}:"
    told = select(OutboxMail.id).where(
        OutboxMail.team_id == calendar.team_id,
        OutboxMail.key.startswith(beginning, autoescape=True),
        OutboxMail.created_at > now() - SILENCE,
        OutboxMail.created_at <= now() + SKEW,
    )
    with session.no_autoflush:  # the new booking is on its way into this very unit
        if session.scalar(told.limit(1)) is not None:
            return
        members = select(Membership).where(Membership.team_id == calendar.team_id).order_by(Membership.id)
        people = [each.person_id for each in session.scalars(members) if may_see(each, calendar)]
    moment = now()
    name = " ".join(calendar.name.split())
    content = {"calendar": name, "calendar_id": calendar.id, "team_slug": calendar.team.slug}
    for person_id in people:
        mail = MailToPut(
            kind=MailKind.BOOKINGS_HELD,
            key=f"{beginning}{person_id}:{moment.isoformat()}",
            content=content,
            team_id=calendar.team_id,
            person_id=person_id,
            not_after=moment + SILENCE,
        )
        put(session, mail)


def write_held_notice(content: Mapping[str, Any], person: Person | None) -> WrittenMail | None:
    """Write the mail, in the person's language; None where none is held any more, or the person may not see them
    by now. The outbox has none of these without its person.
    """
    if person is None:
        raise LookupError("a mail about held bookings without its person")
    if not _is_of_use(content["calendar_id"], person):
        return None
    log = f"{settings().base_url}/teams/{content['team_slug']}/deliveries"
    with force_locale(language_of(person)):
        shown = {
            "calendar": content["calendar"],
            "page": f"{log}?state={DeliveryState.HELD}&calendar={content['calendar_id']}",
        }
        subject = render_template("mail/bookings_held/subject.txt", **shown).strip()
        text = render_template("mail/bookings_held/text.txt", **shown)
    return WrittenMail(person.email, subject, text)


def _is_of_use(calendar_id: int, person: Person) -> bool:
    calendar = db.session.get(Calendar, calendar_id, populate_existing=True)
    if calendar is None:
        return False
    mine = (Membership.team_id == calendar.team_id, Membership.person_id == person.id)
    membership = db.session.scalar(select(Membership).where(*mine).execution_options(populate_existing=True))
    held = (Delivery.state == DeliveryState.HELD, Delivery.dismissed_at.is_(None))
    any_held = exists().where(Delivery.team_id == calendar.team_id, Delivery.calendar_id == calendar.id, *held)
    return membership is not None and may_see(membership, calendar) and bool(db.session.scalar(select(any_held)))
