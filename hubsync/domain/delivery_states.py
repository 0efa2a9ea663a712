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


FINAL = (DeliveryState.POSTED, DeliveryState.DUPLICATE)
"""What never changes again."""
SETTLED = (*FINAL, DeliveryState.SKIPPED)
"""What needs nobody any more."""
UNFINISHED = (
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.RETRYING,
    DeliveryState.WAITING,
)
"""What has not come to an end yet."""
NEEDS_A_PERSON = (DeliveryState.FAILED, DeliveryState.PARTIAL, DeliveryState.WAITING)
"""What nothing but a person ends: Retry, Dismiss, Connect or a mapping."""
IN_TROUBLE = (*NEEDS_A_PERSON, DeliveryState.RETRYING)
"""What is not as it should be."""
DISMISSABLE = (*NEEDS_A_PERSON, DeliveryState.SKIPPED, DeliveryState.RETRYING)
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
    DeliveryState.POSTED: {},
    DeliveryState.DUPLICATE: {},
}
"""Which state may follow which, and by what event. The diagram in docs/design/deliveries.md is this table."""


def may_follow(state: DeliveryState, after: DeliveryState) -> bool:
    """Whether a delivery may go from *after* to *state*."""
    return state in TRANSITIONS[after]


def counted_as(state: DeliveryState, *, dismissed: bool) -> str:
    """Under which word a delivery is counted: its state, or "dismissed"."""
    return DISMISSED if dismissed else state
