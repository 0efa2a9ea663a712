"""The plans of a team, and the one that posts."""

from __future__ import annotations

from enum import StrEnum


class Plan(StrEnum):
    """What a team has paid for. The values are stored; none is ever renamed."""

    FREE = "free"
    BASIC = "basic"
    PREMIUM = "premium"


PREMIUM = Plan.PREMIUM
"""The plan that posts to HubSpot."""
