"""Throttle of error notices: a team is mailed at most once in an interval, whatever happens in between.

What counts is when a mail server accepted the last one, or may have. While one is on its way there is no other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from hubsync.domain.clock_skew import SKEW


class NoticeStep(StrEnum):
    """What may be done now: leave the team in peace, put a notice, or mend the record (`SET_BACK`)."""

    WAIT = "wait"
    PUT = "put"
    SET_BACK = "set_back"
    """The clock was put back behind the last notice, which counts as sent now: one interval of silence follows."""


def next_step(sent_at: datetime | None, now: datetime, interval: timedelta) -> NoticeStep:
    """What may be done at *now*, if there is something to tell and the last notice was accepted at *sent_at*."""
    if sent_at is None:
        return NoticeStep.PUT
    if sent_at > now + SKEW:
        return NoticeStep.SET_BACK
    return NoticeStep.WAIT if now < sent_at + interval else NoticeStep.PUT
