"""Unsent mails of a team: those that have not left, and those of which nobody knows whether they arrived."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from hubsync.domain.mails import KEPT, MailKind
from hubsync.errors import NotFound
from hubsync.services import now, tools
from hubsync.store import after_commit, db
from hubsync.store.outbox import OutboxMail

MOST = 100
"""So many are listed; where there are more, they have one cause."""
NEVER_BY_HAND = (MailKind.SIGNIN_LINK, MailKind.CONFIRM_IDENTITY, MailKind.CLAIM_INVITATION)
"""Links that only whoever wants to sign in asks for."""
_AGAIN = "again:"


def list_unsent(team_id: int) -> Sequence[OutboxMail]:
    """The team's mails of the last days that were given up, are in doubt, or are tried again; newest first."""
    newest = func.coalesce(OutboxMail.settled_at, OutboxMail.tried_at, OutboxMail.created_at).desc()
    of_team = select(OutboxMail).where(OutboxMail.team_id == team_id, _is_unsent())
    query = of_team.order_by(newest, OutboxMail.id.desc()).limit(MOST)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def list_repeated(mails: Sequence[OutboxMail]) -> set[int]:
    """The ids of those among *mails* that somebody has sent again."""
    keys = {repeat_key(each.id): each.id for each in mails}
    found = db.session.scalars(select(OutboxMail.key).where(OutboxMail.key.in_(keys)))
    return {keys[key] for key in found}


def repeat_key(mail_id: int) -> str:
    """The key of the mail that is sent instead of another one."""
    return f"{_AGAIN}{mail_id}"


def first_of(session: Session, mail: OutboxMail) -> OutboxMail:
    """The mail in whose place *mail* was sent again at last, as far as it is still kept; else *mail* itself."""
    while mail.key.startswith(_AGAIN):
        former = session.get(OutboxMail, int(mail.key.removeprefix(_AGAIN)))
        if former is None:
            break
        mail = former
    return mail


def find_unsent(session: Session, team_id: int, mail_id: int) -> OutboxMail:
    """One of the mails that `list_unsent` lists, held against others. Raises NotFound."""
    query = select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.team_id == team_id, _is_unsent())
    row = session.scalar(query.with_for_update(of=OutboxMail).execution_options(populate_existing=True))
    if row is None:
        raise NotFound("no such mail")
    return row


def can_be_hurried(mail: OutboxMail) -> bool:
    """Whether *mail* waits for another try, which somebody may have at once."""
    return mail.settled_at is None and mail.kind not in NEVER_BY_HAND


def hurry(session: Session, mail: OutboxMail) -> None:
    """Let *mail*, which waits for its next try, be tried at once; within the caller's transaction."""
    mail.next_try_at = now()
    after_commit(session, tools().mail_wake.set)


def _is_unsent() -> ColumnElement[bool]:
    lately = OutboxMail.settled_at > now() - KEPT
    settled = and_(lately, or_(OutboxMail.sent_at.is_(None), OutboxMail.unconfirmed))
    return or_(settled, and_(OutboxMail.settled_at.is_(None), OutboxMail.fault != ""))
