"""Results of what a booking source sent, as its page lists them."""

from __future__ import annotations

from enum import StrEnum

MOST_LINES = 100
"""So many lines are kept of each address."""
KEEP_DAYS = 30


class Result(StrEnum):
    """What became of a webhook. The values are stored; none is ever renamed."""

    BOOKED = "booked"
    """A new booking, with its delivery."""
    REPEATED = "repeated"
    """It said what was known already."""
    MOVED = "moved"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    SHOWED = "showed"
    """A no-show was taken back."""
    ERASED = "erased"
    """It was about a booking whose data has been erased."""
    UNKNOWN_BOOKING = "unknown_booking"
    """A change of a booking that never came."""
    IGNORED = "ignored"
    """An event that says nothing of a booking."""
    TESTED = "tested"
    """The source tried the connection out."""
    REPLIED = "replied"
    """The source asked for a proof that the address is ours, and got it."""
    SAMPLED = "sampled"
    """Kept as a sample, because its fields have not been taught yet."""
    DISABLED = "disabled"
    """The address is switched off."""
    NOT_PROVED = "not_proved"
    UNREADABLE = "unreadable"
    NOT_KEPT = "not_kept"
    """It could not be kept at that moment; the source was asked to send it again."""


REFUSED = frozenset({Result.NOT_PROVED, Result.UNREADABLE})
"""Results that somebody has to do something about, at the source or here."""
