"""A provider of calendars on loopback, and an installation that may ask it."""

from __future__ import annotations

from tests.kit.busy_calendars import given, provider

__all__ = ["given", "provider"]
