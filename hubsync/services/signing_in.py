"""Signing in with a one-time link. Of a link only the SHA-256 of a 256-bit random token is stored."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import timedelta
from threading import Thread
from typing import cast
from zoneinfo import available_timezones

from flask import Flask, current_app, render_template
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, func, select, update

from hubsync.errors import LinkSpent, MailNotSent, Refused
from hubsync.services import now, tools
from hubsync.services.sessions import start_session
from hubsync.store import writing
from hubsync.store.people import Person, SigninLink

LINK_LIFE = timedelta(minutes=10)
LINKS_AT_ONCE = 5  # nobody's mailbox is to be filled by somebody else
THREAD_NAME = "hubsync-signin-link"

log = logging.getLogger(__name__)


def tidy_email(email: str) -> str:
    """The form in which e-mail addresses of people are stored and compared."""
    return email.strip().lower()


def ask_for_link(email: str) -> None:
    """Mail a sign-in link if *email* belongs to a person; the asker cannot tell, by answer or by time.

    Looking up, writing and mailing happen in another thread, which starts for every address alike.
    """
    # The thread outlives the request, so it gets the app itself, not the request's proxy.
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    language = str(get_locale() or "en")
    Thread(target=_mail_link, args=(app, tidy_email(email), language), name=THREAD_NAME).start()


def _mail_link(app: Flask, email: str, language: str) -> None:
    with app.app_context(), force_locale(language):
        try:
            link = make_link(email, at_most=LINKS_AT_ONCE)
            subject = render_template("mail/signin_link/subject.txt").strip()
            tools().post.send(email, subject, render_template("mail/signin_link/text.txt", link=link))
        except Refused:
            return
        except MailNotSent as fault:
            log.error("A sign-in link could not be mailed: %s", fault.message)


def make_link(email: str, at_most: int | None = None) -> str:
    """Return a sign-in link for the person with this address, good once and for ten minutes.

    Raises Refused when nobody has the address, or when *at_most* links for it are open already.
    """
    token = secrets.token_urlsafe(32)
    with writing() as session:
        person = session.scalar(select(Person).where(Person.email == tidy_email(email)))
        if person is None:
            raise Refused(_("Nobody has this e-mail address."))
        moment = now()
        session.execute(delete(SigninLink).where(SigninLink.expires_at < moment))
        still_open = select(func.count()).where(SigninLink.person_id == person.id, SigninLink.used_at.is_(None))
        if at_most is not None and session.scalars(still_open).one() >= at_most:
            raise Refused(_("There are enough links for this address already."))
        session.add(
            SigninLink(
                person_id=person.id,
                token_hash=_hash(token),
                created_at=moment,
                expires_at=moment + LINK_LIFE,
            )
        )
    return f"{tools().base_url}/signin/link/{token}"


def redeem(token: str, time_zone: str = "") -> str:
    """Use up a link and return the token of a new session.

    *time_zone*, as the browser names it, becomes that of a person who is still on UTC, where everybody starts.

    Raises LinkSpent for a link that was used, is too old, or never existed. Two at once: one wins.
    """
    moment = now()
    with writing() as session:
        used = session.execute(
            update(SigninLink)
            .where(
                SigninLink.token_hash == _hash(token),
                SigninLink.used_at.is_(None),
                SigninLink.expires_at > moment,
            )
            .values(used_at=moment)
        )
        if cast("CursorResult[object]", used).rowcount != 1:
            raise LinkSpent("the link was used already or is older than ten minutes")
        person_id = session.scalars(
            select(SigninLink.person_id).where(SigninLink.token_hash == _hash(token))
        ).one()
        if time_zone in available_timezones():
            session.execute(
                update(Person).where(Person.id == person_id, Person.time_zone == "UTC").values(time_zone=time_zone)
            )
        return start_session(session, person_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
