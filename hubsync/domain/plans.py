"""Plans of a team, and what they allow."""

from __future__ import annotations

from enum import StrEnum


class Plan(StrEnum):
    """What a team has paid for. The values are stored; none is ever renamed."""

    FREE = "free"
    BASIC = "basic"
    PREMIUM = "premium"


POSTING_PLANS = (Plan.PREMIUM,)
"""The plans whose bookings are posted to HubSpot."""


def posts(plan: Plan) -> bool:
    """Whether bookings of a team on *plan* are posted to HubSpot."""
    return plan in POSTING_PLANS
