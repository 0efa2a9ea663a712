"""Changes that a guest may make to an appointment, until the least notice: another time for it, or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hubsync.domain.booking import BookingEvent


class ChangeRefusal(StrEnum):
    """Why a guest cannot change an appointment any more."""

    ALREADY_CANCELLED = "already_cancelled"
    ALREADY_BEGUN = "already_begun"
    TOO_LATE = "too_late"
    """It begins sooner than the least notice allows."""
    PAGE_CLOSED = "page_closed"
    """The calendar is archived and has no times to move to."""
    PAGE_PAUSED = "page_paused"
    """The page offers no times at present."""
    MOVED_MEANWHILE = "moved_meanwhile"
    """It has another time than the one that the guest saw when this was asked for."""


@dataclass(frozen=True, slots=True)
class GuestRights:
    """What decides whether a guest may change an appointment that begins at *starts_at* (aware)."""

    starts_at: datetime
    notice_minutes: int
    is_cancelled: bool = False
    is_page_archived: bool = False
    is_page_paused: bool = False

    @property
    def until(self) -> datetime:
        """The last moment at which it can be changed."""
        return self.starts_at - timedelta(minutes=self.notice_minutes)

    def refusal(self, event: BookingEvent, now: datetime) -> ChangeRefusal | None:
        """Why *event* (moved or cancelled) cannot be at *now* (aware); None where it can.

        The least notice is elapsed time, its edge included, as it is for a new booking. A page that takes no
        bookings lets its guests cancel all the same.
        """
        if self.is_cancelled:
            return ChangeRefusal.ALREADY_CANCELLED
        if self.starts_at <= now:
            return ChangeRefusal.ALREADY_BEGUN
        if now > self.until:
            return ChangeRefusal.TOO_LATE
        if event is BookingEvent.CANCELLED:
            return None
        if self.is_page_archived:
            return ChangeRefusal.PAGE_CLOSED
        return ChangeRefusal.PAGE_PAUSED if self.is_page_paused else None
