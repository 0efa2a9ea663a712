"""Deadline: the moment by which a call has to be over."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock: setting the wall clock does not move it."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline *seconds* from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds until then, 0.0 when it has passed."""
        return max(0.0, self.at - time.monotonic())

    def within(self, seconds: float) -> Deadline:
        """Return this deadline, or the one *seconds* from now if that comes sooner."""
        return min(self, Deadline.after(seconds), key=lambda deadline: deadline.at)
