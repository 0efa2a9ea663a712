"""States of a team's connection and the ways to connect, as the database stores them."""

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
