"""HubSpot's own messages about an attempt: sealed, and opened for the page of that delivery alone.

They repeat guests' answers, so they are shown to those who see the answers there anyway, and go into no log, mail,
list or file. They are erased with the delivery.
"""

from __future__ import annotations

from contextlib import suppress

from hubsync.errors import HubSyncError, SecretUnreadable
from hubsync.services import tools
from hubsync.services.posting.context import Posting
from hubsync.store.deliveries import Delivery
from hubsync.store.sealed_text import NOTHING, Sealed

LONGEST = 1000


def seal_said(delivery_id: int, posting: Posting | None, fault: HubSyncError | None) -> Sealed:
    """What HubSpot said in this attempt, sealed; "" when it said nothing."""
    if posting is None:
        return NOTHING
    posting.hear(fault)
    said = "\n".join(filter(None, posting.said))[:LONGEST]
    return tools().vault.seal(_place(delivery_id), said) if said else NOTHING


def open_said(delivery: Delivery) -> dict[int, list[str]]:
    """HubSpot's sentences by attempt; an attempt of which none are kept, or can be opened, is missing."""
    messages = {}
    for attempt in delivery.attempts:
        if attempt.said_sealed:
            with suppress(SecretUnreadable):
                messages[attempt.id] = tools().vault.open(_place(delivery.id), attempt.said_sealed).splitlines()
    return messages


def _place(delivery_id: int) -> str:
    return f"delivery:{delivery_id}:said"
