"""Intake of webhooks: what a booking source sends is verified, read and completed."""

from __future__ import annotations

from dataclasses import dataclass

from hubsync.domain.booking import Booking
from hubsync.errors import BookingErased
from hubsync.services import now
from hubsync.services.bookings.completion import complete, translate_faults
from hubsync.services.sources.endpoints import find_endpoint
from hubsync.sources.source import Ignored, Source, Webhook


@dataclass(frozen=True)
class Received:
    """The delivery of a booking that came in, now or before; one that was erased since keeps its number."""

    delivery_id: int
    state: str


def receive(source: Source, token: str, webhook: Webhook) -> Received | Ignored:
    """Complete the booking in *webhook*, which came to the address of *source* with *token*.

    Raises ProofMissing for an unknown address as for a bad proof, SecretUnreadable when no key opens the secret,
    BodyUnreadable with the faults, and BookingNotKept when the database would not take it now.
    """
    with translate_faults():
        team_id, secrets = find_endpoint(source.name, token)
        booking = source.receive(webhook, secrets, now())
        if not isinstance(booking, Booking):
            return booking if isinstance(booking, Ignored) else Ignored("")
        try:
            delivery = complete(team_id, booking)
        except BookingErased as erased:
            return Received(erased.delivery_id, erased.state)
        return Received(delivery.id, delivery.state)
