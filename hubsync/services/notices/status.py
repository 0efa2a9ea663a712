"""Notice status of a team: when it was last mailed, when it may be again, and the last error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from hubsync.config import settings
from hubsync.domain.clock_skew import SKEW
from hubsync.services import now
from hubsync.services.notices.throttle import interval
from hubsync.store import db
from hubsync.store.notices import Notice


@dataclass(frozen=True)
class NoticeStatus:
    """*mailed*: whether this installation sends mail at all. *sent_at* is when the last notice was accepted, or,
    *unconfirmed*, may have been. Until *quiet_until* there is no other; None when the next failure is mailed.
    *fault* is why a notice could not be sent, a reason of `errors.MailNotSent`; it is tried again at *again_at*.
    """

    mailed: bool
    sent_at: datetime | None = None
    unconfirmed: bool = False
    quiet_until: datetime | None = None
    fault: str = ""
    again_at: datetime | None = None


def read_notice_status(team_id: int) -> NoticeStatus:
    """The team's notices at this moment."""
    row = db.session.scalar(select(Notice).where(Notice.team_id == team_id))
    if row is None or not settings().mail_set_up:
        return NoticeStatus(settings().mail_set_up, row.sent_at if row is not None else None)
    moment = now()
    quiet_until = None
    if row.sent_at is not None and moment - interval() < row.sent_at <= moment + SKEW:
        quiet_until = row.sent_at + interval()
    fault = row.last_error if row.not_before is not None else ""
    return NoticeStatus(True, row.sent_at, row.unconfirmed, quiet_until, fault, row.not_before)
