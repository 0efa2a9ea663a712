"""HubSpot's rate limits, each switchable, and the headers that tell of them.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import g

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import Caller
from hubspot_sandbox.state import SandboxState

#: What the headers name when no limit is switched on: a burst limit that nobody reaches, and a usual day.
NO_BURST, USUAL_DAY = 1_000_000, 250_000
TWO_DAYS = 172_800.0

_MESSAGES = {
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "SECONDLY": "You have reached your secondly limit.",
    "DAILY": "You have reached your daily limit.",
}


def limit_reached(policy: str, retry_after: str | None = None) -> ApiError:
    """HubSpot's 429 for a policy: TEN_SECONDLY_ROLLING, SECONDLY or DAILY."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return ApiError(
        429,
        _MESSAGES.get(policy, _MESSAGES["TEN_SECONDLY_ROLLING"]),
        headers=headers,
        errorType="RATE_LIMIT",
        policyName=policy,
        groupName="publicapi:sandbox",
    )


def count_call(state: SandboxState, caller: Caller) -> None:
    """Count a call that is no search; raises ApiError 429 beyond the burst limit of the app or the daily one."""
    _count_burst(state, caller, f"burst:{_app_of(caller)}", state.switches.burst_limit_per_ten_seconds)


def count_association_call(state: SandboxState, caller: Caller) -> None:
    """Count a call about associations, which have a burst limit of their own (a switch).

    https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide
    """
    own = state.switches.association_limit_per_ten_seconds
    if own:
        _count_burst(state, caller, f"associations:{_app_of(caller)}", own)
    else:
        count_call(state, caller)


def count_search(state: SandboxState, caller: Caller) -> None:
    """Count a search; raises ApiError 429 beyond the account's limit per second. Searches carry no headers."""
    limit = state.switches.search_limit_per_second
    with state.lock:
        now = state.clock.now()
        _count_day(state, caller, now)
        if limit and state.call_counts.add(f"search:{caller.account.id}", now, 1.0, limit) is None:
            raise _refused(state, "SECONDLY", 1)


def _app_of(caller: Caller) -> str:
    """The burst limit is the app's; a service key counts as one."""
    key = caller.service_key
    return f"{caller.account.id}:{key.token if key else caller.app_name}"


def _count_burst(state: SandboxState, caller: Caller, what: str, limit: int) -> None:
    shown, window = limit or NO_BURST, state.switches.burst_window_seconds
    headers = {
        "X-HubSpot-RateLimit-Max": str(shown),
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Interval-Milliseconds": str(round(window * 1000)),
    }
    g.rate_limit_headers = headers
    with state.lock:
        now = state.clock.now()
        left_today = _count_day(state, caller, now)
        left = state.call_counts.add(what, now, window, limit) if limit else shown - 1
        if left is None:
            raise _refused(state, "TEN_SECONDLY_ROLLING", math.ceil(window))
    headers["X-HubSpot-RateLimit-Remaining"] = str(left)
    if caller.service_key is not None:
        # OAuth apps do not get these two.
        headers["X-HubSpot-RateLimit-Daily"] = str(state.switches.daily_limit or USUAL_DAY)
        headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(left_today)


def _count_day(state: SandboxState, caller: Caller, now: float) -> int:
    """Count a call of the account's day, which begins at midnight where the account is; how many are left."""
    limit = state.switches.daily_limit
    if not limit:
        return USUAL_DAY - 1
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(caller.account.time_zone))
    left = state.call_counts.add(f"daily:{caller.account.id}:{local.date()}", now, TWO_DAYS, limit)
    if left is None:
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise _refused(state, "DAILY", int(midnight.timestamp() - now) + 1)
    return left


def _refused(state: SandboxState, policy: str, seconds: int) -> ApiError:
    return limit_reached(policy, str(seconds) if state.switches.retry_after_on_429 else None)
