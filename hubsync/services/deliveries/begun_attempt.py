"""Begun attempt: what is known of it in the transaction that takes its delivery, before HubSpot is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hubsync.services.deliveries.steps import AttemptResult
from hubsync.services.deliveries.transitions import AsRead
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import Posting
from hubsync.store.deliveries import Delivery


@dataclass(frozen=True)
class BegunAttempt:
    """Attempt *number* at a *delivery* that its worker has taken.

    *course* is what it works with, or how it ends without a call. *read* is the delivery as it was taken,
    in plain values: the outcome is written by it without reading the row again. *reservation* is what the taker
    brought and gives back; the task has another one where the connection's account is another one.
    """

    delivery: Delivery
    read: AsRead
    course: Posting | AttemptResult
    reservation: Reservation | None
    started: datetime
    number: int

    @property
    def posting(self) -> Posting | None:
        """How far the calls got; None where there are none to be."""
        return self.course if isinstance(self.course, Posting) else None
