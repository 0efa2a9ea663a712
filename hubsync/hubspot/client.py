"""API client: everything that HubSync asks of HubSpot with one team's access token.

Every method sends exactly one call and raises the errors of `hubsync.errors`.
"""

from __future__ import annotations

from hubsync.hubspot.account_client import AccountClient
from hubsync.hubspot.meeting_client import MeetingClient
from hubsync.hubspot.past_client import PastClient
from hubsync.hubspot.record_client import RecordClient


class HubSpotClient(RecordClient, MeetingClient, PastClient, AccountClient):
    """One HubSpot account, as long as its access token lasts; each parent is one subject."""
