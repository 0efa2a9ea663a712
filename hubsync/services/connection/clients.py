"""The clients that call HubSpot with the settings of this installation."""

from __future__ import annotations

from hubsync.config import settings
from hubsync.errors import AppMisconfigured, DetailCode, tell
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.oauth import OAuthClient
from hubsync.services import tools

NEEDED_SETTINGS = ("HUBSYNC_HUBSPOT_CLIENT_ID", "HUBSYNC_HUBSPOT_CLIENT_SECRET")


def client_for(token: str, *, only_reads: bool = False) -> HubSpotClient:
    """Who calls HubSpot's API with *token*, an access token or a service key; it may be one who *only_reads*."""
    return HubSpotClient(tools().wire, token, settings().hubspot_api_version, only_reads=only_reads)


def oauth_client() -> OAuthClient:
    """Who calls HubSpot in the name of the app. Raises AppMisconfigured while no app is set."""
    oauth = tools().oauth
    if oauth is None:
        raise AppMisconfigured(tell(DetailCode.NOT_SET, one=NEEDED_SETTINGS[0], other=NEEDED_SETTINGS[1]))
    return oauth
