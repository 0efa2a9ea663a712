"""Server-side sessions: each is a row, and ends for every copy of its cookie when the row goes.

Only the SHA-256 of a session's 256-bit random token is stored, so that a stolen database signs nobody in.

Sessions end at sign-out, after 12 idle hours or 7 days, and whenever the role of the person changes: whoever
changes a role, removes somebody or hands a team over calls `end_sessions` in the same transaction. A person who
did so to themselves stays all the same: the page that asked gives the browser the session of `stay_signed_in`, so
that copies of the old cookie are dead too.

A session knows when its person last showed who they are. What hurts asks for that to be recent, `is_recent`
(`hubsync.web.shell.recent_sign_in` has the list).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.browsers import recognise_browser
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.languages import ENGLISH
from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.services.security_log import write_after_commit
from hubsync.store import db, end_read, write_transaction
from hubsync.store.people import Person, PersonSession, SigninLink

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """One browser in which a person is signed in.

    *program* and *system* are names such as ``Firefox`` and ``Linux``, empty when not known; *here* marks the
    browser that asks.
    """

    id: int
    program: str
    system: str
    since: datetime
    last_seen: datetime
    here: bool


@dataclass(frozen=True)
class OpenSession:
    """Whose session it is, and when that *person* last showed who they are."""

    person: Person
    proved_at: datetime


def start_session(session: Session, person_id: int, proved_at: datetime | None = None) -> str:
    """Sign the person in and return the new session's token. Inside `write_transaction`, with its *session*.

    *proved_at* is when the person showed who they are, if that was not just now.
    """
    token, moment = secrets.token_urlsafe(32), now()
    session.execute(delete(PersonSession).where(PersonSession.created_at < moment - LONGEST))
    session.add(
        PersonSession(
            person_id=person_id,
            token_hash=fingerprint(token),
            created_at=moment,
            last_seen_at=moment,
            proved_at=min(proved_at or moment, moment),
        )
    )
    return token


def is_recent(proved_at: datetime) -> bool:
    """Whether who showed then who they are need not do so again before what hurts."""
    return proved_at >= now() - timedelta(minutes=settings().signin_again_minutes)


def end_sessions(session: Session, person_id: int, but: str | None = None) -> None:
    """Sign the person out everywhere, except in the session with the token *but*.

    Called inside `write_transaction`, with its *session*.
    """
    ended = delete(PersonSession).where(PersonSession.person_id == person_id)
    if but is not None:
        ended = ended.where(PersonSession.token_hash != fingerprint(but))
    session.execute(ended)


def stay_signed_in(person_id: int, proved_at: datetime | None = None) -> str:
    """Return the token of a new session for a person who is here, and whose own action just ended all sessions.

    *proved_at* is that of the session before.
    """
    with write_transaction() as session:
        return start_session(session, person_id, proved_at)


def find_signed_in(session_token: str, user_agent: str = "") -> Person | None:
    """The person of `find_session`."""
    found = find_session(session_token, user_agent)
    return found.person if found else None


def find_session(session_token: str, user_agent: str = "", language: str = "") -> OpenSession | None:
    """Return whose session this is, None when it ended: signed out, 12 hours idle, or 7 days old.

    *user_agent*, as the browser names itself, is what the list of sessions calls this one. *language* is the
    catalogue that the browser asks for, in which the person is mailed as well.
    """
    row = db.session.scalar(select(PersonSession).where(PersonSession.token_hash == fingerprint(session_token)))
    moment = now()
    if row is None or row.last_seen_at < moment - IDLE or row.created_at < moment - LONGEST:
        return None
    found, browser = OpenSession(row.person, row.proved_at), recognise_browser(user_agent)
    if row.last_seen_at < moment - TOUCH_EVERY or (browser and not row.browser):
        with write_transaction() as session:
            session.execute(
                update(PersonSession)
                .where(PersonSession.id == row.id)
                .values(last_seen_at=moment, browser=browser)
            )
    if language and language != (row.person.browser_language or ENGLISH):
        with write_transaction() as session:
            session.execute(update(Person).where(Person.id == row.person_id).values(browser_language=language))
    end_read()
    return found


def list_sessions(person_id: int, session_token: str) -> Sequence[SignedIn]:
    """Where the person is signed in: the browser that asks first, then by when it was last seen."""
    moment, here = now(), fingerprint(session_token)
    rows = db.session.scalars(
        select(PersonSession)
        .where(
            PersonSession.person_id == person_id,
            PersonSession.last_seen_at >= moment - IDLE,
            PersonSession.created_at >= moment - LONGEST,
        )
        .order_by((PersonSession.token_hash == here).desc(), PersonSession.last_seen_at.desc(), PersonSession.id),
        execution_options={"populate_existing": True},
    )
    sessions = []
    for row in rows:
        program, _slash, system = row.browser.partition("/")
        is_here = row.token_hash == here
        sessions.append(SignedIn(row.id, program, system, row.created_at, row.last_seen_at, is_here))
    return sessions


def sign_out(session_token: str) -> None:
    """End the session; a copy of its cookie is worth nothing from now on."""
    with write_transaction() as session:
        row = session.scalar(select(PersonSession).where(PersonSession.token_hash == fingerprint(session_token)))
        if row is not None:
            session.delete(row)
            write_after_commit(session, SecurityEvent.SIGNED_OUT, person=row.person_id)


def sign_out_there(person_id: int, session_id: int) -> None:
    """End one of the person's sessions. Raises NotFound for another person's, and for one that ended already."""
    with write_transaction() as session:
        row = session.get(PersonSession, session_id)
        if row is None or row.person_id != person_id:
            raise NotFound("no such session")
        session.delete(row)
        write_after_commit(session, SecurityEvent.SESSIONS_ENDED, about=person_id, what="one")


def sign_out_others(session_token: str) -> str:
    """End all sessions of the person but this one, which gets a new token: copies of the old one are dead too.

    Return the new token. The session lasts no longer for it. Raises NotFound when it has ended.
    """
    token = secrets.token_urlsafe(32)
    with write_transaction() as session:
        row = session.scalar(select(PersonSession).where(PersonSession.token_hash == fingerprint(session_token)))
        if row is None:
            raise NotFound("the session has ended")
        end_sessions(session, row.person_id, but=session_token)
        write_after_commit(session, SecurityEvent.SESSIONS_ENDED, about=row.person_id, what="others")
        row.token_hash = fingerprint(token)
    return token


def shut_out(person_id: int) -> int:
    """End all sessions of the person, and every mailed link that would make another; return how many sessions.

    For whoever runs the installation. The person can ask for another link.
    """
    with write_transaction() as session:
        ended = len(session.scalars(select(PersonSession.id).where(PersonSession.person_id == person_id)).all())
        end_sessions(session, person_id)
        session.execute(delete(SigninLink).where(SigninLink.person_id == person_id))
        write_after_commit(session, SecurityEvent.SESSIONS_ENDED, about=person_id, what="all")
    return ended


def sign_out_everywhere(person_id: int) -> None:
    """End all sessions of the person, the one that asks too."""
    with write_transaction() as session:
        end_sessions(session, person_id)
        write_after_commit(session, SecurityEvent.SESSIONS_ENDED, about=person_id, what="all")
