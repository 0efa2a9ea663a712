"""The plans of a team."""

from __future__ import annotations

PLANS = ("free", "basic", "premium")
PREMIUM = "premium"
"""The plan that posts to HubSpot."""
