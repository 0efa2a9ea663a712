"""Webhooks of booking sources: verified on the raw body, stored, answered with the delivery."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify, request

from hubsync.errors import BodyUnreadable, BookingErased, BookingNotKept, ProofMissing, SecretUnreadable
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.bookings.webhook_endpoints import find_endpoint
from hubsync.sources import signed_json

log = logging.getLogger(__name__)
pages = Blueprint("intake", __name__, url_prefix="/intake")


@pages.post("/json/<token>")
def receive_signed_json(token: str) -> tuple[Response, int]:
    """Complete the booking in the body; the same booking again gets the same delivery."""
    raw = request.get_data(cache=True)
    try:
        team_id, secret = find_endpoint(signed_json.NAME, token)
        signed_json.verify(secret, raw, request.headers.get(signed_json.HEADER, ""), now())
        booking = signed_json.read(raw)
    except ProofMissing:
        # The same answer for an unknown address and a bad signature: nobody learns which addresses exist.
        return jsonify(error="proof_missing", message="The signature does not fit."), 401
    except SecretUnreadable:
        # A source sends again later; by then the key may be back in the settings.
        log.error("a signed JSON booking cannot be proved: no key of HUBSYNC_ENCRYPTION_KEYS opens the secret")
        return jsonify(error="secret_unreadable", message="The signature cannot be checked at the moment."), 503
    except BodyUnreadable as unreadable:
        faults = [{"place": place, "reason": reason} for place, reason in unreadable.faults]
        return jsonify(error="body_unreadable", message=unreadable.message, faults=faults), 422
    try:
        delivery = complete(team_id, booking)
    except BookingErased as erased:
        return jsonify(delivery=erased.delivery_id, state=erased.state), 200
    except BookingNotKept as fault:
        log.error("a booking could not be written down (%s); its source is asked to send it again", fault.message)
        return jsonify(error=fault.code, message="The booking could not be kept. Please send it again."), 503
    return jsonify(delivery=delivery.id, state=delivery.state), 200
