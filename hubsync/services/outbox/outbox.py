"""Outbox (transactional outbox pattern): a mail is written down in the unit of writing that gives its reason.

So there is no mail of what was rolled back, and none is lost of what was committed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hubsync.domain.mails import MailKind
from hubsync.services import now, tools
from hubsync.store import after_commit
from hubsync.store.bookings import BookingRecord
from hubsync.store.outbox import OutboxMail


@dataclass(frozen=True)
class MailToPut:
    """A mail to be sent once.

    *key* is unique to it. *content* is what it is made of, as JSON takes it; it is kept sealed until the mail has
    left. The mail goes with its team, its person and its booking where they are deleted. It is not sent before
    *not_before*; after *not_after* it is of no use and is not sent any more. Whoever puts one and then sends it at
    once (`sender.send_at_once`) does not let it wake the thread that sends mails (*wakes*).
    """

    kind: MailKind
    key: str
    content: Mapping[str, Any] = field(repr=False)
    team_id: int | None = None
    person_id: int | None = None
    booking: BookingRecord | None = field(default=None, repr=False)
    not_before: datetime | None = None
    not_after: datetime | None = None
    wakes: bool = True


def put(session: Session, mail: MailToPut) -> bool:
    """Write *mail* down within the caller's transaction; it is sent soon after the commit.

    Returns False for a mail that was put already. Two that put it at one instant meet in the unique key: the
    second one's unit fails and is to be run again (`store.retry_on_conflict`).
    """
    with session.no_autoflush:  # the booking may be on its way into this very unit
        if session.scalar(select(OutboxMail.id).where(OutboxMail.key == mail.key)) is not None:
            return False
    moment = now()
    row = OutboxMail(
        kind=mail.kind,
        key=mail.key,
        team_id=mail.team_id,
        person_id=mail.person_id,
        booking=mail.booking,
        content_sealed=tools().vault.seal(sealed_place(mail.key), json.dumps(dict(mail.content))),
        created_at=moment,
        not_before=mail.not_before,
        not_after=mail.not_after,
        next_try_at=mail.not_before or moment,
    )
    session.add(row)
    if mail.wakes and mail.not_before is None:
        after_commit(session, tools().mail_wake.set)
    return True


def withdraw(session: Session, booking: BookingRecord, kinds: Collection[MailKind]) -> None:
    """Take back the mails of *kinds* that tell of *booking* and have not left, within the caller's transaction.

    Whoever has taken one finds it gone at the handing over, and does not send it. One that is being handed over at
    this moment stays.
    """
    waiting = (OutboxMail.settled_at.is_(None), OutboxMail.handing_over_at.is_(None))
    which = (OutboxMail.booking_id == booking.id, OutboxMail.kind.in_(kinds), *waiting)
    session.execute(delete(OutboxMail).where(*which).execution_options(synchronize_session=False))


def sealed_place(key: str) -> str:
    """The place that the content of the mail *key* is sealed for."""
    return f"outbox:{key}"
