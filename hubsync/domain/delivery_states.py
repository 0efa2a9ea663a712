"""State machine of a delivery: its states, the one table of transitions, and how states are counted."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class DeliveryState(StrEnum):
    """How far a booking is on its way into HubSpot. The values are stored; none is ever renamed."""

    PENDING = "pending"
    """Written down, and tried by nobody yet."""
    SENDING = "sending"
    """In the hands of the worker whose lease the delivery carries."""
    POSTED = "posted"
    DUPLICATE = "duplicate"
    """HubSpot had all of it."""
    PARTIAL = "partial"
    """One part is in HubSpot, another is refused."""
    SKIPPED = "skipped"
    """Nothing of it is to be posted."""
    WAITING = "waiting"
    """Until somebody gives access or makes a mapping."""
    RETRYING = "retrying"
    """Tried again by itself when the time has come."""
    FAILED = "failed"
    HELD = "held"
    """Held for a look: nothing of it is posted until somebody presses *Post*."""


FINAL = (DeliveryState.POSTED, DeliveryState.DUPLICATE)
"""What changes again only when somebody undid it and has it posted again."""
SETTLED = (*FINAL, DeliveryState.SKIPPED)
"""What needs nobody any more."""
UNFINISHED = (
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.RETRYING,
    DeliveryState.WAITING,
    DeliveryState.HELD,
)
"""What has not come to an end yet."""
NEEDS_A_PERSON = (DeliveryState.FAILED, DeliveryState.PARTIAL, DeliveryState.WAITING)
"""What failed and nothing but a person ends: Retry, Dismiss, Connect or a mapping.

What is held is not among them, though it is a person's to decide: a flood of it must not hide what failed.
"""
IN_TROUBLE = (*NEEDS_A_PERSON, DeliveryState.RETRYING)
"""What is not as it should be."""
DISMISSABLE = (*NEEDS_A_PERSON, DeliveryState.SKIPPED, DeliveryState.RETRYING)
"""What Dismiss marks, and changes nothing else of. What is held loses its time with it, and is not among them."""
RETRIABLE = (
    DeliveryState.FAILED,
    DeliveryState.PARTIAL,
    DeliveryState.RETRYING,
    DeliveryState.WAITING,
    DeliveryState.PENDING,
    DeliveryState.SKIPPED,
)
"""What a person may have tried again at once."""
DISMISSED = "dismissed"
"""Where a dismissed delivery is counted: dismissed is a mark, not a state."""

BEGINNINGS: Mapping[DeliveryState, str] = {
    DeliveryState.PENDING: "booking and delivery are committed",
    DeliveryState.SENDING: "the same, and HubSpot may be called at once",
    DeliveryState.HELD: "the same, above the hourly ceiling of its calendar",
}
"""In which state a delivery begins, and when."""

TRANSITIONS: Mapping[DeliveryState, Mapping[DeliveryState, str]] = {
    DeliveryState.PENDING: {DeliveryState.SENDING: "a worker takes it under a lease"},
    DeliveryState.SENDING: {
        DeliveryState.POSTED: "something was created",
        DeliveryState.DUPLICATE: "HubSpot has all of it",
        DeliveryState.PARTIAL: "one part is refused, another was posted",
        DeliveryState.FAILED: "refused, or attempts used up",
        DeliveryState.SKIPPED: "nothing to post",
        DeliveryState.WAITING: "no access, or no mapping yet",
        DeliveryState.RETRYING: "a passing fault",
        DeliveryState.SENDING: "the worker died, its lease ended",
    },
    DeliveryState.RETRYING: {DeliveryState.SENDING: "the time has come, or Retry"},
    DeliveryState.WAITING: {DeliveryState.SENDING: "replay, or Retry"},
    DeliveryState.PARTIAL: {DeliveryState.SENDING: "Retry"},
    DeliveryState.FAILED: {DeliveryState.SENDING: "Retry"},
    DeliveryState.SKIPPED: {DeliveryState.SENDING: "Retry"},
    DeliveryState.HELD: {DeliveryState.PENDING: "Post"},
    DeliveryState.POSTED: {DeliveryState.SENDING: "Post again, after it was undone"},
    DeliveryState.DUPLICATE: {DeliveryState.SENDING: "the same"},
}
"""Which state may follow which, and by what event. The diagram in docs/design/deliveries.md is this table."""


def may_follow(state: DeliveryState, after: DeliveryState) -> bool:
    """Whether a delivery may go from *after* to *state*."""
    return state in TRANSITIONS[after]


def counted_as(state: DeliveryState, *, dismissed: bool) -> str:
    """Under which word a delivery is counted: its state, or "dismissed"."""
    return DISMISSED if dismissed else state
