"""Proof of Calendly's webhooks: signed with the key that HubSync gave the subscription, and no replay."""

from __future__ import annotations

from hubsync.errors import N_
from hubsync.sources.time_stamped import TimeStampedSignature

HEADER = "Calendly-Webhook-Signature"
TOLERANCE_SECONDS = 180

SIGNATURE = TimeStampedSignature(
    HEADER, TOLERANCE_SECONDS, N_("It is signed as it should be, but more than three minutes ago or ahead.")
)
