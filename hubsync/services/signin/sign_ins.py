"""Sign-ins: each is noted, for the person, for the audit trail of the person's teams, and in the security log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.browsers import recognise_browser
from hubsync.domain.security_events import SecurityEvent
from hubsync.domain.sign_in_ways import SignInWay
from hubsync.services import now
from hubsync.services.people.sessions import start_session
from hubsync.services.security_log import write_after_commit
from hubsync.services.teams.audit import record_everywhere
from hubsync.store import db, write_transaction
from hubsync.store.people import SignIn

KEPT = 10
"""So many of a person are kept."""


def sign_in(session: Session, person_id: int, way: SignInWay, proved_at: datetime | None = None) -> str:
    """Sign the person in and return the new session's token. Inside `write_transaction`, with its *session*.

    *proved_at* is when the person showed who they are, if that was not just now.
    """
    token = start_session(session, person_id, proved_at)
    session.add(SignIn(person_id=person_id, at=now(), way=way))
    session.flush()
    newest = select(SignIn.id).where(SignIn.person_id == person_id).order_by(SignIn.id.desc()).limit(KEPT)
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.id.not_in(newest)))
    record_everywhere(session, person_id, AuditAction.SIGNED_IN, way=way)
    write_after_commit(session, SecurityEvent.SIGNED_IN, person=person_id, what=way)
    return token


def note_browser(person_id: int, user_agent: str) -> None:
    """Say in which browser the person signed in just now, as far as it names itself."""
    newest = select(func.max(SignIn.id)).where(SignIn.person_id == person_id).scalar_subquery()
    with write_transaction() as session:
        named = update(SignIn).where(SignIn.id == newest, SignIn.browser == "")
        session.execute(named.values(browser=recognise_browser(user_agent)))


def list_sign_ins(person_id: int) -> Sequence[SignIn]:
    """The last sign-ins of the person, the newest first; the first is mostly that of the browser that asks."""
    query = select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id.desc()).limit(KEPT)
    return db.session.scalars(query).all()
