"""How a team stands with HubSpot, and which way it was connected, as the database keeps it."""

from __future__ import annotations

from enum import StrEnum


class ConnectionState(StrEnum):
    """Whether HubSync has access to the team's account. The values are stored; none is ever renamed."""

    CONNECTED = "connected"
    LOST = "lost"
    """HubSpot refuses the access, or it expired for want of a post; only Connect brings it back."""
    DISCONNECTED = "disconnected"
    """Somebody pressed Disconnect."""


class ConnectMethod(StrEnum):
    """Which way a team was connected. The values are stored; none is ever renamed."""

    OAUTH = "oauth"
    SERVICE_KEY = "service_key"
    """Kept as an access token that does not expire."""
