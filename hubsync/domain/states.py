"""The states of a delivery: which follow which, and how they are counted."""

from __future__ import annotations

STATES = ("pending", "sending", "posted", "duplicate", "partial", "skipped", "waiting", "retrying", "failed")
FINAL = ("posted", "duplicate")
"""What never changes again."""
NEEDS_A_PERSON = ("failed", "partial", "waiting")
"""What nothing but a person ends: Retry, Dismiss, Connect or a mapping."""
DISMISSABLE = ("failed", "partial", "waiting", "skipped", "retrying")
RETRIABLE = ("failed", "partial", "retrying", "waiting", "pending", "skipped")
"""What a person may have tried again at once."""
DISMISSED = "dismissed"
"""Where a dismissed delivery is counted: dismissed is a mark, not a state."""

_OUTCOMES = frozenset(STATES) - {"pending", "sending"}
_FOLLOWING: dict[str, frozenset[str]] = {
    "pending": frozenset({"sending"}),
    "sending": _OUTCOMES | {"sending"},  # again, because its worker died
    "retrying": frozenset({"sending"}),
    "waiting": frozenset({"sending"}),
    "failed": frozenset({"sending"}),
    "partial": frozenset({"sending"}),
    "skipped": frozenset({"sending"}),
}


def may_follow(state: str, after: str) -> bool:
    """Whether a delivery may go from *after* to *state*."""
    return state in _FOLLOWING.get(after, frozenset())


def counted_as(state: str, *, dismissed: bool) -> str:
    """Under which word a delivery is counted: its state, or "dismissed"."""
    return DISMISSED if dismissed else state
