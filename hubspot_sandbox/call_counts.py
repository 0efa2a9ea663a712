"""Sliding-window call counters for the rate limits."""

from collections import deque


class CallCounts:
    """When each account's latest calls were, on the sandbox's clock."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[float]] = {}

    def add(self, what: str, now: float, window: float, limit: int) -> int | None:
        """Count a call and return how many more fit the window; None when *limit* is already reached."""
        recent = self._recent.setdefault(what, deque())
        while recent and not now - window < recent[0] <= now:
            recent.popleft()
        if limit and len(recent) >= limit:
            return None
        recent.append(now)
        return limit - len(recent)

    def clear(self) -> None:
        """Forget all calls."""
        self._recent.clear()
