"""Ids under which calendar programs know HubSync and its appointments.

https://www.rfc-editor.org/rfc/rfc7986#section-5.3
"""

from __future__ import annotations

import uuid

PRODUCT = "-//HubSync//HubSync//EN"
"""Who writes the calendar: its PRODID."""
_NAMES = uuid.UUID("7d1f0f0e-6c1a-4c55-9b51-2f5d3d8f6a10")
"""The namespace of our own; another one would make every appointment another."""


def calendar_uid(team_id: int, source: str, external_id: str) -> str:
    """The id of a booking in every calendar, for good; it tells nothing of what it is made of."""
    return str(uuid.uuid5(_NAMES, f"{team_id}:{source}:{external_id}"))
