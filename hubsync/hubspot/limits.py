"""The rate limit that HubSpot's answers tell of. Searches tell of none.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

from collections.abc import Mapping

from hubsync.domain.pacing import RateLimit

_MOST_DIGITS = 9


def read_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """The limit in *headers* (names in lower case); None when they name none that can be kept."""
    calls = _whole(headers.get("x-hubspot-ratelimit-max", ""))
    milliseconds = _whole(headers.get("x-hubspot-ratelimit-interval-milliseconds", ""))
    return RateLimit(calls, milliseconds / 1000) if calls and milliseconds else None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
