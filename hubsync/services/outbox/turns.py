"""Turns of the outbox: which worker has a mail, and what is written down at each step of handing it over.

Every step is one conditional UPDATE, so that of two workers at one instant one takes it.

| step | what is written down | killed after it |
| --- | --- | --- |
| take | a lease, the number of this try, and when the next one comes | another worker takes it then |
| hand over | `handing_over_at`, at the last moment before the mail leaves | it counts as sent, unconfirmed |
| end | sent, or why not | |
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from hubsync.domain.mails import KEPT, LONGEST_PAUSE, RETRIES, MailKind
from hubsync.errors import MailFailure
from hubsync.services import now, tools
from hubsync.services.outbox.outbox import sealed_place
from hubsync.store import changed, db, end_read, write_transaction
from hubsync.store.leases import OUTBOX, is_over
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.sealed_text import NOTHING

log = logging.getLogger(__name__)
AT_ONCE = 200
WhenSent = Callable[[Session, OutboxMail], None]
"""What is written down besides, in the same unit, when a mail of some kind counts as sent."""
NOTHING_MORE: Mapping[MailKind, WhenSent] = {}


@dataclass(frozen=True)
class LeasedMail:
    """A mail that *worker* has taken. *last* says that there is no other try after this one."""

    id: int
    kind: MailKind
    key: str
    worker: str
    last: bool
    person: Person | None = field(repr=False)
    content: dict[str, Any] = field(repr=False)


def list_due() -> list[int]:
    """The ids of the mails that are due and that nobody has, the oldest first.

    A kind that this version does not know was put by another one, which sends it.
    """
    moment = now()
    due = (
        select(OutboxMail.id)
        .where(_is_due(moment), OutboxMail.kind.in_(list(MailKind)))
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
    )
    ids = db.session.scalars(due.limit(AT_ONCE)).all()
    end_read()
    return list(ids)


def find_due(key: str) -> int | None:
    """The id of the mail *key*, if it is due and nobody has it."""
    mail_id = db.session.scalar(select(OutboxMail.id).where(OutboxMail.key == key, _is_due(now())))
    end_read()
    return mail_id


def take(mail_id: int, when_sent: Mapping[MailKind, WhenSent] = NOTHING_MORE) -> LeasedMail | None:
    """Take the mail; None when another worker has it, or nothing is left to be done with it.

    Raises SecretUnreadable when no key opens what it is made of; that try counts.
    """
    moment, worker = now(), secrets.token_hex(8)
    with write_transaction() as session:
        before = session.scalar(select(OutboxMail.worker).where(OutboxMail.id == mail_id).with_for_update())
        if not OUTBOX.acquire(session, moment, OutboxMail.id == mail_id, _is_due(moment), worker=worker):
            return None
        row = session.get_one(OutboxMail, mail_id)
        if row.handing_over_at is not None:
            log.warning("A worker was stopped while it sent mail %d (%s); it counts as sent.", row.id, row.kind)
            _settle(row, moment, sent_at=row.handing_over_at, fault=MailFailure.STOPPED)
            row.worker = before or ""  # should it wake up, it knows better
            _tell(session, row, when_sent)
            return None
        retries = RETRIES[row.kind]
        if retries.is_last(row.tries) or (row.not_after is not None and row.not_after <= moment):
            log.warning("Mail %d (%s) is not tried any more after %d tries.", row.id, row.kind, row.tries)
            _settle(row, moment, fault=row.fault)
            return None
        row.tries += 1
        row.tried_at = moment
        # Should this worker be stopped, or what it does meet a bug, the mail comes up again then.
        row.next_try_at = retries.next_try(row.tries, moment) or moment
        key, kind, sealed, person = row.key, row.kind, row.content_sealed, row.person
        last = retries.is_last(row.tries)
    content = json.loads(tools().vault.open(sealed_place(key), sealed))
    return LeasedMail(mail_id, kind, key, worker, last, person, content)


def hand_over(mail: LeasedMail, number: int = 0) -> bool:
    """Write down, at the last moment, that *mail* is about to be handed over; False when the lease has ended.

    *number* is of how many deliveries it tells.
    """
    moment = now()
    with write_transaction() as session:
        row = session.get(OutboxMail, mail.id, with_for_update=True)
        if row is None or row.worker != mail.worker or not OUTBOX.is_held(row, moment):
            return False
        row.handing_over_at, row.number = moment, number
        return True


def note_sent(mail: LeasedMail, doubt: str = "", when_sent: Mapping[MailKind, WhenSent] = NOTHING_MORE) -> None:
    """Write down that *mail* was accepted, or may have been for the reason *doubt*, whoever has it by now."""
    moment = now()
    with write_transaction() as session:
        row = session.get(OutboxMail, mail.id, with_for_update=True)
        if row is None or row.key != mail.key:  # erased meanwhile, and SQLite gave its number to another one
            return
        is_news = row.sent_at is None
        _settle(row, moment, sent_at=moment, fault=doubt)
        if is_news:
            _tell(session, row, when_sent)


def note_not_sent(mail: LeasedMail, fault: str, *, lasting: bool) -> None:
    """Write down that *mail* has not left, and why; a fault that is *lasting* ends most kinds' tries.

    Another worker may have counted it as sent because this one was stopped; that is taken back.
    """
    moment, retries = now(), RETRIES[mail.kind]
    with write_transaction() as session:
        row = session.get(OutboxMail, mail.id, with_for_update=True)
        if row is None or row.worker != mail.worker:
            return
        if mail.last or (lasting and not retries.endless):
            _settle(row, moment, fault=fault)
            return
        if row.settled_at is not None:
            row.sent_at, row.settled_at, row.unconfirmed = None, None, False
            row.content_sealed = tools().vault.seal(sealed_place(mail.key), json.dumps(mail.content))
            row.next_try_at = retries.next_try(row.tries, moment)
        row.handing_over_at, row.fault = None, fault
        OUTBOX.clear(row)


def drop(mail: LeasedMail) -> None:
    """Forget *mail*, which nobody needs any more, with what it was made of."""
    with write_transaction() as session:
        mine = and_(OutboxMail.id == mail.id, OUTBOX.held_by(mail.worker), OutboxMail.settled_at.is_(None))
        session.execute(delete(OutboxMail).where(mine).execution_options(synchronize_session=False))


def forget_old() -> int:
    """Delete the rows of mails that were settled some days ago; returns how many.

    A team's last notice is kept: it says when there may be another, and what the team was told.
    """
    moment = now()
    later = aliased(OutboxMail)
    of_same = and_(later.kind == OutboxMail.kind, later.team_id == OutboxMail.team_id)
    followed = exists().where(of_same, later.sent_at > OutboxMail.sent_at)
    old = and_(
        OutboxMail.settled_at.is_not(None),
        OutboxMail.settled_at < moment - KEPT,
        or_(OutboxMail.kind != MailKind.NOTICE, followed),
    )
    any_old = db.session.scalar(select(OutboxMail.id).where(old).limit(1)) is not None
    end_read()
    if not any_old:
        return 0
    with write_transaction() as session:
        return changed(session, delete(OutboxMail).where(old).execution_options(synchronize_session=False))


def _tell(session: Session, row: OutboxMail, when_sent: Mapping[MailKind, WhenSent]) -> None:
    if row.kind in when_sent:
        when_sent[row.kind](session, row)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    """That there is something to do: the next try has come, or a worker was stopped at the handing over."""
    comes = or_(OutboxMail.handing_over_at.is_not(None), is_over(_NEXT, moment, LONGEST_PAUSE))
    begins = or_(OutboxMail.not_before.is_(None), OutboxMail.not_before <= moment)
    return and_(OutboxMail.settled_at.is_(None), OUTBOX.free(moment), begins, comes)


def _settle(row: OutboxMail, moment: datetime, *, sent_at: datetime | None = None, fault: str = "") -> None:
    """Nothing more is done with *row*, and what the mail was made of is kept no longer."""
    row.sent_at, row.settled_at, row.fault = sent_at, moment, fault
    row.unconfirmed = sent_at is not None and bool(fault)
    row.next_try_at = row.handing_over_at = None
    row.content_sealed = NOTHING
    OUTBOX.clear(row)


_NEXT = OutboxMail.__table__.c.next_try_at
