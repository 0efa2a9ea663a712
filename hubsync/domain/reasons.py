"""Reasons of a delivery's state that no error carries; for the others the code of the error is the reason."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a delivery is as it is. The values are stored; none is ever renamed."""

    PLAN = "plan"
    """The team's plan posts nothing."""
    NOT_ADDED = "not_added"
    """The calendar has no mapping."""
    PAUSED = "paused"
    """The mapping is switched off."""
    NOTHING_MAPPED = "nothing_mapped"
    NOTHING_TO_POST = "nothing_to_post"
    ABANDONED = "abandoned"
    """The workers died, one after the other, until the attempts were used up."""
    CIRCUIT_OPEN = "circuit_open"
    """HubSpot did not answer somebody else a moment ago."""
    DAILY_LIMIT = "daily_limit"
    ACCOUNT_MOVING = "account_moving"
    RESTORED = "restored"
    """The database was restored from a backup a moment ago."""
    HOURLY_CEILING = "hourly_ceiling"
    """More bookings came within an hour than its calendar lets through unseen."""


OF_THE_MAPPING = (Reason.NOT_ADDED, Reason.PAUSED, Reason.NOTHING_MAPPED, Reason.NOTHING_TO_POST)
"""What the mapping of the calendar keeps out of HubSpot."""
