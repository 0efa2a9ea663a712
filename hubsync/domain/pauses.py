"""The pause of a whole account: which of HubSpot's refusals order one, and until when nobody calls."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hubsync.domain.reasons import Reason
from hubsync.errors import ACCOUNT_TROUBLES, HubSpotBusy, HubSyncError, RateLimited, Scope

TROUBLED = timedelta(hours=1)
"""How long an account is left alone that is full or suspended: nobody tells when somebody has acted there."""
LEAST_MOVING = timedelta(hours=1)
"""How long an account is left alone at least that is being moved; HubSpot says so for up to 24 hours."""
CODES = (Reason.DAILY_LIMIT, Reason.ACCOUNT_MOVING, Reason.RESTORED, *ACCOUNT_TROUBLES)
"""The codes of all reasons for a pause."""


class Pause(NamedTuple):
    """Until when nothing of the account is sent, and the code of the reason."""

    code: str
    until: datetime


def pause_of(fault: HubSyncError | None, moment: datetime, time_zone: str) -> Pause | None:
    """The pause that *fault*, met at *moment*, orders for the whole account; None when it orders none.

    *time_zone* is the account's, whose midnight ends a daily limit.
    """
    if isinstance(fault, RateLimited) and fault.policy.startswith("DAILY"):
        return Pause(Reason.DAILY_LIMIT, next_midnight(moment, time_zone))
    if isinstance(fault, HubSpotBusy) and fault.status == 477:
        # https://developers.hubspot.com/docs/api-reference/error-handling: it is being moved, for up to 24 hours
        asked = timedelta(seconds=fault.retry_after or 0.0)
        return Pause(Reason.ACCOUNT_MOVING, moment + max(asked, LEAST_MOVING))
    if fault is not None and fault.scope is Scope.ACCOUNT:
        return Pause(fault.code, moment + TROUBLED)
    return None


def next_midnight(now: datetime, zone: str) -> datetime:
    """A minute past the next midnight in the IANA *zone* (UTC if unknown): HubSpot's daily limit starts again."""
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        there = now
    midnight = datetime.combine(there.date() + timedelta(days=1), time(0, 1), tzinfo=there.tzinfo)
    return midnight.astimezone(now.tzinfo)
