"""HubSpot's rate limits, each switchable, and the headers that tell of them.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from flask import g

from hubsync.sandbox.answers import ApiError
from hubsync.sandbox.authentication import Caller
from hubsync.sandbox.state import SandboxState

#: What the headers name when no limit is switched on: that of a privately distributed app.
USUAL_BURST = 100
TEN_SECONDS = 10.0

_POLICIES = {
    "TEN_SECONDLY_ROLLING": ("You have reached your ten_secondly_rolling limit.", "10"),
    "SECONDLY": ("You have reached your secondly limit.", "1"),
    "DAILY": ("You have reached your daily limit.", "3600"),
}


def limit_reached(policy: str, retry_after: str | None = None) -> ApiError:
    """HubSpot's 429 for a policy: TEN_SECONDLY_ROLLING, SECONDLY or DAILY."""
    message, _ = _POLICIES.get(policy, _POLICIES["TEN_SECONDLY_ROLLING"])
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return ApiError(
        429,
        message,
        headers=headers,
        errorType="RATE_LIMIT",
        policyName=policy,
        groupName="publicapi:sandbox",
    )


def count_call(state: SandboxState, caller: Caller) -> None:
    """Count a call that is no search; raises ApiError 429 beyond the burst or daily limit."""
    switches, account = state.switches, caller.account.id
    with state.lock:
        now = state.clock.now()
        if switches.daily_limit:
            day = 86_400.0
            _within(state, f"daily:{account}", now, day, switches.daily_limit, "DAILY")
        limit = switches.burst_limit_per_ten_seconds or USUAL_BURST
        left = USUAL_BURST - 1
        if switches.burst_limit_per_ten_seconds:
            left = _within(state, f"burst:{account}", now, TEN_SECONDS, limit, "TEN_SECONDLY_ROLLING")
    g.rate_limit_headers = {
        "X-HubSpot-RateLimit-Max": str(limit),
        "X-HubSpot-RateLimit-Remaining": str(left),
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    }


def count_search(state: SandboxState, caller: Caller) -> None:
    """Count a search; raises ApiError 429 beyond the limit per second. Searches carry no headers."""
    limit = state.switches.search_limit_per_second
    if limit:
        with state.lock:
            now = state.clock.now()
            _within(state, f"search:{caller.account.id}", now, 1.0, limit, "SECONDLY")


def _within(state: SandboxState, what: str, now: float, window: float, limit: int, policy: str) -> int:
    left = state.call_counts.add(what, now, window, limit)
    if left is None:
        retry_after = _POLICIES[policy][1] if state.switches.retry_after_on_429 else None
        raise limit_reached(policy, retry_after)
    return left
