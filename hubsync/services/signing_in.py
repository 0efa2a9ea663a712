"""Signing in with a one-time link. Of a link only the SHA-256 of a 256-bit random token is stored.

A link knows the browser that asked for it by a secret in that browser's session, of which the SHA-256 is stored
beside it. It works in any browser, but only there without a word: elsewhere the page says first whom it signs
in.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import cast
from zoneinfo import available_timezones

from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.email_address import kept_email
from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import LinkSpent, Refused
from hubsync.services import asked_mails, now, tools
from hubsync.services.asked_mails import THREAD_NAME as THREAD_NAME
from hubsync.services.mail_limits import Asker, allow
from hubsync.services.sessions import start_session
from hubsync.store import db, rest, writing
from hubsync.store.people import Person, SigninLink

LINK_LIFE = timedelta(minutes=10)


def tidy_email(email: str) -> str:
    """The form in which e-mail addresses of people are stored and compared, however they were typed."""
    return kept_email(email).lower()


@dataclass(frozen=True)
class OpenLink:
    """A link that would sign a person in; *here* says that the browser that asks is the one that asked for it."""

    person_id: int
    email: str
    here: bool


def ask_for_link(email: str, asker: Asker, browser_secret: str = "") -> str:
    """Mail a sign-in link if *email* belongs to a person; return the secret for the session of the asking browser.

    The asker cannot tell, by answer or by time, whether a mail is sent. *browser_secret* is the secret that the
    browser has from asking before: it stays, so that a mail that is late is as good as the next one.
    """
    secret = browser_secret or secrets.token_urlsafe(32)
    asked_mails.answer_later(partial(_mail_link, tidy_email(email), asker, secret))
    return secret


def _mail_link(email: str, asker: Asker, browser_secret: str) -> None:
    found = db.session.execute(select(Person.id, Person.language).where(Person.email == email)).first()
    rest()
    if not allow(asker, "signin_link", email, is_somebodys=found is not None, person_id=found and found.id):
        return
    try:
        link = make_link(email, browser_secret)
    except Refused:  # the person is gone since
        return
    with force_locale((found and found.language) or str(get_locale() or "en")):
        asked_mails.send(email, "signin_link", link=link)


def make_link(email: str, browser_secret: str = "") -> str:
    """Return a sign-in link for the person with this address, good once and for ten minutes.

    *browser_secret* is that of the browser that asked for it, empty when none did. Raises Refused when nobody has
    the address.
    """
    token = secrets.token_urlsafe(32)
    with writing() as session:
        person = session.scalar(select(Person).where(Person.email == tidy_email(email)))
        if person is None:
            raise Refused(_("Nobody has this e-mail address."))
        moment = now()
        session.execute(delete(SigninLink).where(SigninLink.expires_at < moment))
        session.add(
            SigninLink(
                person_id=person.id,
                token_hash=fingerprint(token),
                browser_hash=fingerprint(browser_secret) if browser_secret else "",
                created_at=moment,
                expires_at=moment + LINK_LIFE,
            )
        )
    return f"{tools().base_url}/signin/link/{token}"


def look_at(token: str, browser_secret: str = "") -> OpenLink:
    """Whom the link would sign in; nothing changes. Raises LinkSpent as `redeem` does."""
    query = select(SigninLink, Person.email).join(Person).where(SigninLink.token_hash == fingerprint(token))
    row = db.session.execute(query, execution_options={"populate_existing": True}).first()
    if row is None or row.SigninLink.used_at is not None or row.SigninLink.expires_at <= now():
        raise LinkSpent("the link was used already or is older than ten minutes")
    here = bool(browser_secret) and hmac.compare_digest(row.SigninLink.browser_hash, fingerprint(browser_secret))
    return OpenLink(row.SigninLink.person_id, row.email, here)


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
                SigninLink.token_hash == fingerprint(token),
                SigninLink.used_at.is_(None),
                SigninLink.expires_at > moment,
            )
            .values(used_at=moment)
        )
        if cast("CursorResult[object]", used).rowcount != 1:
            raise LinkSpent("the link was used already or is older than ten minutes")
        person_id = session.scalars(
            select(SigninLink.person_id).where(SigninLink.token_hash == fingerprint(token))
        ).one()
        learn_time_zone(session, person_id, time_zone)
        return start_session(session, person_id)


def learn_time_zone(session: Session, person_id: int, time_zone: str) -> None:
    """Give a person who is still on UTC, where everybody starts, the zone that the browser names.

    Called inside `writing`, with its *session*. What is no time zone is passed over.
    """
    if time_zone in available_timezones():
        session.execute(
            update(Person).where(Person.id == person_id, Person.time_zone == "UTC").values(time_zone=time_zone)
        )
