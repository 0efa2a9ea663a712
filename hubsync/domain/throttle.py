"""How often a team is mailed that something failed: at most once in an interval, whatever happens in between.

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
class Log:
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


class Step(StrEnum):
    """What a worker may do now: wait, send, or put right what is written down, see `settle` and `set_back`."""

    WAIT = "wait"
    SEND = "send"
    SETTLE = "settle"
    SET_BACK = "set_back"


def next_step(log: Log, now: datetime, interval: timedelta) -> Step:
    """What may be done at *now*, if there is something to tell."""
    if holds(log, now):
        return Step.WAIT
    if log.handing_over_at is not None:
        return Step.SETTLE
    if log.sent_at is not None and log.sent_at > now + SKEW:
        return Step.SET_BACK
    if log.sent_at is not None and now < log.sent_at + interval:
        return Step.WAIT
    return Step.WAIT if is_ahead(log.not_before, now, PAUSES[-1]) else Step.SEND


def holds(log: Log, now: datetime) -> bool:
    """Whether the lease in *log* stands at *now*."""
    return is_ahead(log.leased_until, now, LEASE)


def take(log: Log, now: datetime) -> Log:
    """One worker takes the sending for a while."""
    return replace(log, leased_until=now + LEASE)


def hand_over(log: Log, now: datetime) -> Log:
    """The worker is about to hand the mail over."""
    return replace(log, handing_over_at=now)


def accept(now: datetime, *, unconfirmed: bool = False) -> Log:
    """The mail server has accepted the mail, or may have: *unconfirmed*, and that counts too."""
    return Log(sent_at=now, unconfirmed=unconfirmed)


def give_up(log: Log, now: datetime) -> Log:
    """The mail has not left; it is tried again after a growing pause."""
    pause = PAUSES[min(log.tries, len(PAUSES) - 1)]
    return replace(log, tries=log.tries + 1, not_before=now + pause, leased_until=None, handing_over_at=None)


def settle(log: Log) -> Log:
    """The worker was stopped at the handing over: the mail may have been accepted, so it counts as sent."""
    return accept(log.handing_over_at, unconfirmed=True) if log.handing_over_at is not None else log


def set_back(log: Log, now: datetime) -> Log:
    """The clock was put back behind the last notice, which counts as sent now: one interval of silence follows."""
    return replace(log, sent_at=now)
