"""Sign-in links, good once.

It works in any browser, but only in the one that asked for it without a word: elsewhere the page says first
whom it signs in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select

from hubsync.domain.mails import MailKind
from hubsync.domain.security_events import SecurityEvent
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.errors import Refused
from hubsync.services.people.people import learn_time_zone, tidy_email
from hubsync.services.security_log import write, write_after_commit
from hubsync.services.signin import mails, one_time_links
from hubsync.services.signin.mail_limits import Requester, allow
from hubsync.services.signin.mails import THREAD_NAME as THREAD_NAME
from hubsync.services.signin.sign_ins import sign_in
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Person, SigninLink


@dataclass(frozen=True)
class OpenLink:
    """A link that would sign in who has *email*; *here* says that it was asked for in this browser."""

    email: str
    here: bool


def ask_for_link(email: str, asker: Requester, browser_secret: str = "") -> str:
    """Mail a sign-in link if *email* belongs to a person; return the secret for the session of the asking browser.

    The asker cannot tell, by answer or by time, whether a mail is sent. *browser_secret* is the secret that the
    browser has from asking before: it stays, so that a mail that is late is as good as the next one.
    """
    secret = browser_secret or one_time_links.make_secret()
    mails.answer_later(partial(_mail_link, tidy_email(email), asker, secret))
    return secret


def _mail_link(email: str, asker: Requester, browser_secret: str) -> None:
    person = db.session.execute(select(Person.id, Person.language).where(Person.email == email)).first()
    end_read()
    if person is None:
        write(SecurityEvent.SIGN_IN_REFUSED, what="nobodys_address")
    kind = MailKind.SIGNIN_LINK
    if not allow(asker, kind, email, is_somebodys=person is not None, person_id=person and person.id):
        return
    if person is None or not mails.can_be_sent():
        return
    with write_transaction() as session:
        if session.get(Person, person.id) is None:  # gone since
            return
        token = one_time_links.make(session, SigninLink, browser_secret, person_id=person.id)
        write_after_commit(session, SecurityEvent.LINK_MAILED, about=person.id)
        key = mails.put_link(session, kind, token, email, person_id=person.id, language=person.language)
    mails.send(kind, key)


def make_link(email: str, browser_secret: str = "") -> str:
    """Return a sign-in link for the person with this address, good once and for ten minutes.

    *browser_secret* is that of the browser that asked for it, empty when none did. Raises Refused when nobody has
    the address.
    """
    with write_transaction() as session:
        person_id = session.scalar(select(Person.id).where(Person.email == tidy_email(email)))
        if person_id is None:
            raise Refused(_("Nobody has this e-mail address."))
        token = one_time_links.make(session, SigninLink, browser_secret, person_id=person_id)
        write_after_commit(session, SecurityEvent.LINK_MADE, about=person_id)
    return mails.link_of(MailKind.SIGNIN_LINK, token)


def read_link(token: str, browser_secret: str = "") -> OpenLink:
    """Whom the link would sign in; nothing changes. Raises LinkSpent as `redeem` does."""
    link = one_time_links.find(db.session(), SigninLink, token)
    person = db.session.get_one(Person, link.person_id)
    return OpenLink(person.email, one_time_links.was_asked_with(link, browser_secret))


def redeem(token: str, time_zone: str = "") -> str:
    """Use up a link and return the token of a new session.

    *time_zone*, as the browser names it, becomes that of a person who is still on UTC, where everybody starts.

    Raises LinkSpent for a link that was used, is too old, or never existed. Two at once: one wins.
    """
    with write_transaction() as session:
        link = one_time_links.find(session, SigninLink, token)
        one_time_links.use_up(session, link)
        learn_time_zone(session, link.person_id, time_zone)
        return sign_in(session, link.person_id, SignInWay.LINK)
