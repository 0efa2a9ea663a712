"""Throttle of error notices: a team is mailed at most once in an interval, whatever happens in between.

Every function takes what is written down about a team's notices and returns what to write down instead. Whoever
keeps that has to see to it that a step is taken only if what was read is still true.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from hubsync.domain.clock_skew import SKEW, is_ahead

LEASE = timedelta(minutes=2)
"""For how long one worker has the mail to itself; longer than a mail may take."""
PAUSES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""How long to leave a mail server alone that did not take the mail; the last one from then on."""


@dataclass(frozen=True)
class NoticeState:
    """What is written down about the notices of a team.

    *sent_at* is when a mail server last accepted one, *unconfirmed* that its answer is not known. *leased_until*
    is until when one worker has the sending to itself. *handing_over_at* is when it was about to hand the mail
    over: from then on nobody knows whether it was accepted, until the worker says so. *tries* counts what was
    tried in vain since *sent_at*, and *not_before* is when to try again.
    """

    sent_at: datetime | None = None
    unconfirmed: bool = False
    tries: int = 0
    not_before: datetime | None = None
    leased_until: datetime | None = None
    handing_over_at: datetime | None = None


class NoticeStep(StrEnum):
    """What a worker may do now: wait, send, or mend the record, see `assume_sent` and `set_back`."""

    WAIT = "wait"
    SEND = "send"
    ASSUME_SENT = "assume_sent"
    SET_BACK = "set_back"


def next_step(state: NoticeState, now: datetime, interval: timedelta) -> NoticeStep:
    """What may be done at *now*, if there is something to tell."""
    if holds(state, now):
        return NoticeStep.WAIT
    if state.handing_over_at is not None:
        return NoticeStep.ASSUME_SENT
    if state.sent_at is not None and state.sent_at > now + SKEW:
        return NoticeStep.SET_BACK
    if state.sent_at is not None and now < state.sent_at + interval:
        return NoticeStep.WAIT
    return NoticeStep.WAIT if is_ahead(state.not_before, now, PAUSES[-1]) else NoticeStep.SEND


def holds(state: NoticeState, now: datetime) -> bool:
    """Whether the lease in *state* is valid at *now*."""
    return is_ahead(state.leased_until, now, LEASE)


def take(state: NoticeState, now: datetime) -> NoticeState:
    """One worker takes the sending for a while."""
    return replace(state, leased_until=now + LEASE)


def hand_over(state: NoticeState, now: datetime) -> NoticeState:
    """The worker is about to hand the mail over."""
    return replace(state, handing_over_at=now)


def accept(now: datetime, *, unconfirmed: bool = False) -> NoticeState:
    """The mail server has accepted the mail, or may have: *unconfirmed*, and that counts too."""
    return NoticeState(sent_at=now, unconfirmed=unconfirmed)


def give_up(state: NoticeState, now: datetime) -> NoticeState:
    """The mail has not left; it is tried again after a growing pause."""
    pause = PAUSES[min(state.tries, len(PAUSES) - 1)]
    return replace(state, tries=state.tries + 1, not_before=now + pause, leased_until=None, handing_over_at=None)


def assume_sent(state: NoticeState) -> NoticeState:
    """The worker was stopped at the handing over: the mail may have been accepted, so it counts as sent."""
    return accept(state.handing_over_at, unconfirmed=True) if state.handing_over_at is not None else state


def set_back(state: NoticeState, now: datetime) -> NoticeState:
    """The clock was put back behind the last notice, which counts as sent now: one interval of silence follows."""
    return replace(state, sent_at=now)
