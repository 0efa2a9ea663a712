"""Reasons for which a start time is not offered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """Which rule removed a start time, of the calendar or of a host."""

    OUTSIDE_HOURS = "outside_hours"
    """Some minute of the meeting is not within the opening hours. Only of a time that somebody asked for."""
    OFF_STEP = "off_step"
    """Within the opening hours, but no start time. Only of a time that somebody asked for."""
    PAST = "past"
    NOT_OPEN_YET = "not_open_yet"
    """Before the first date of a fixed period."""
    BEYOND_PERIOD = "beyond_period"
    NOTICE = "notice"
    """Sooner than the least notice allows."""
    DAY_FULL = "day_full"
    """The date has as many bookings as it may have; some host would be free."""
    NO_HOST = "no_host"
    """The calendar has no host."""
    UNREADABLE = "unreadable"
    """The busy calendar `Refusal.source` cannot be read, and its owner chose to show no times then."""
    BOOKED = "booked"
    BUSY = "busy"
    """The busy calendar `Refusal.source` says so."""
    BUFFER_AFTER = "buffer_after"
    """Too soon after `Refusal.blocked_until`; with a `source` after a busy time, else after a booking."""
    BUFFER_BEFORE = "buffer_before"
    """Too soon before `Refusal.blocked_from`; with a `source` before a busy time, else before a booking."""


class Refusal(NamedTuple):
    """The *reason* against a start time: of the calendar where *host* is None, else of this host.

    *blocked_from* and *blocked_until* (aware) are the booking or busy time that is in the way, without any buffer.
    """

    reason: Reason
    host: int | None = None
    source: int | None = None
    blocked_from: datetime | None = None
    blocked_until: datetime | None = None
