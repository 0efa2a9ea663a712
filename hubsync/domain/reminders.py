"""Reminders of appointments: how long before, and when one is due."""

from __future__ import annotations

from datetime import datetime, timedelta

NONE = 0
"""A calendar whose guests are not reminded, as every calendar is at first."""
CHOICES = (60, 24 * 60, 2 * 24 * 60)
"""How long before an appointment its guest may be reminded, in minutes."""


def reminder_time(starts_at: datetime, minutes: int, now: datetime) -> datetime | None:
    """When the guest of an appointment is reminded; None where nobody is, or no more time is left.

    *minutes* is how long before.
    """
    due = starts_at - timedelta(minutes=minutes)
    return due if minutes and due > now else None
