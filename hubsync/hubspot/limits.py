"""Rate-limit headers of HubSpot's responses. Searches carry none.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hubsync.domain.pacing import RateLimit

_MOST_DIGITS = 9


class CallCounter(Protocol):
    """Whoever counts the calls to an account, each before it is sent and after its answer or the lack of one."""

    def sends(self, *, search: bool) -> None: ...

    def answered(self, *, search: bool, limit: RateLimit | None, remaining: int | None) -> None: ...


def read_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """The limit in *headers* (names in lower case); None when they name none that can be kept."""
    calls = _whole(headers.get("x-hubspot-ratelimit-max", ""))
    milliseconds = _whole(headers.get("x-hubspot-ratelimit-interval-milliseconds", ""))
    return RateLimit(calls, milliseconds / 1000) if calls and milliseconds else None


def read_remaining(headers: Mapping[str, str]) -> int | None:
    """How many calls HubSpot takes yet, by *headers*; None when they do not say."""
    header = headers.get("x-hubspot-ratelimit-remaining", "")
    return _whole(header) if _is_whole(header) else None


def _whole(text: str) -> int:
    return int(text) if _is_whole(text) else 0


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
