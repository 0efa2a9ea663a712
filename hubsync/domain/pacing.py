"""How fast work without a waiting guest may call HubSpot, and how long HubSpot is left alone after trouble.

HubSpot limits an app to 100 calls in ten seconds or more, and searches to five a second for the whole account.
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CIRCUIT = timedelta(seconds=30)
"""How long first attempts are left out after HubSpot did not answer."""
SHARE = 0.7
"""What is taken of a limit; the rest is for guests who wait, and for the account's other apps."""
_SEARCHES_PER_SECOND = 5
_BURST = timedelta(seconds=2)
"""How much may be made at once before the pace is kept."""


@dataclass(frozen=True)
class RateLimit:
    """At most *calls* in any *seconds*, as HubSpot's headers tell."""

    calls: int = 100
    seconds: float = 10.0


def paced(busy_until: datetime | None, now: datetime, calls: int, searches: int, limit: RateLimit) -> datetime:
    """Until when the share of the limits is used up, once *calls* more, of them *searches*, were made.

    A leaky bucket that several workers share by one time stamp: each adds what it has called. It runs over when
    guests book faster than that: HubSpot looks no further back than its limit, so nobody has to wait for longer.
    """
    begun = max(busy_until or now - _BURST, now - _BURST)
    each_call = limit.seconds / max(1, limit.calls)
    seconds = max(calls * each_call, searches / _SEARCHES_PER_SECOND) / SHARE
    return max(begun, min(begun, now + timedelta(seconds=limit.seconds)) + timedelta(seconds=seconds))


def next_midnight(now: datetime, zone: str) -> datetime:
    """A minute past the next midnight in the IANA *zone* (UTC if unknown): HubSpot's daily limit begins anew."""
    try:
        there = now.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        there = now
    midnight = datetime.combine(there.date() + timedelta(days=1), time(0, 1), tzinfo=there.tzinfo)
    return midnight.astimezone(now.tzinfo)
