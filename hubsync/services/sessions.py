"""Signed-in browsers: a session is a row, and ends for every copy of its cookie when the row goes.

Only the SHA-256 of a session's 256-bit random token is stored, so that a stolen database signs nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.services import now
from hubsync.store import db, rest, writing
from hubsync.store.people import Person, PersonSession

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=5)


def start_session(session: Session, person_id: int) -> str:
    """Sign the person in and return the token of the new session. Called inside `writing`, with its *session*."""
    token, moment = secrets.token_urlsafe(32), now()
    session.execute(delete(PersonSession).where(PersonSession.created_at < moment - LONGEST))
    session.add(
        PersonSession(person_id=person_id, token_hash=_hash(token), created_at=moment, last_seen_at=moment)
    )
    return token


def end_sessions(session: Session, person_id: int) -> None:
    """Sign the person out everywhere. Called inside `writing`, with its *session*."""
    session.execute(delete(PersonSession).where(PersonSession.person_id == person_id))


def find_signed_in(session_token: str) -> Person | None:
    """Return whose session this is, None when it ended: signed out, 12 hours idle, or 7 days old."""
    found = db.session.scalar(select(PersonSession).where(PersonSession.token_hash == _hash(session_token)))
    moment = now()
    if found is None or found.last_seen_at < moment - IDLE or found.created_at < moment - LONGEST:
        return None
    person = found.person
    if found.last_seen_at < moment - TOUCH_EVERY:
        with writing() as session:
            session.execute(update(PersonSession).where(PersonSession.id == found.id).values(last_seen_at=moment))
    rest()
    return person


def sign_out(session_token: str) -> None:
    """End the session; a copy of its cookie is worth nothing from now on."""
    with writing() as session:
        session.execute(delete(PersonSession).where(PersonSession.token_hash == _hash(session_token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
