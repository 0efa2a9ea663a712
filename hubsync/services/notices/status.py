"""Notice status of a team: when it was last mailed, when it may be again, and the last error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hubsync.config import settings
from hubsync.domain.notice_throttle import NoticeStep, next_step
from hubsync.services import now
from hubsync.services.notices.throttle import interval, last_notice, notice_on_its_way


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
    last, coming = last_notice(team_id), notice_on_its_way(team_id)
    sent_at = last.sent_at if last is not None else None
    if not settings().mail_set_up:
        return NoticeStatus(False, sent_at)
    quiet_until = None
    if sent_at is not None and next_step(sent_at, now(), interval()) is NoticeStep.WAIT:
        quiet_until = sent_at + interval()
    fault, again_at = (coming.fault, coming.next_try_at) if coming is not None and coming.fault else ("", None)
    return NoticeStatus(True, sent_at, last is not None and last.unconfirmed, quiet_until, fault, again_at)
