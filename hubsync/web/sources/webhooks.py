"""Webhooks of booking sources: an address for each source of the registry, answered with the delivery."""

from __future__ import annotations

import logging
from functools import partial

from flask import Blueprint, Response, jsonify, request

from hubsync.errors import BodyUnreadable, BookingNotKept, ProofMissing, SecretUnreadable
from hubsync.services.sources import intake
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Ignored, Source, Webhook

log = logging.getLogger(__name__)
pages = Blueprint("intake", __name__, url_prefix="/intake")


def receive(source: Source, token: str) -> tuple[Response, int]:
    """Complete the booking in the body; the same booking again gets the same delivery."""
    webhook = Webhook(
        request.get_data(cache=True),
        {name: request.headers.get(name, "") for name in source.proof_headers},
        {name: request.args.get(name, "") for name in source.proof_params},
    )
    try:
        received = intake.receive(source, token, webhook)
    except ProofMissing:
        # The same answer for an unknown address and a bad signature: nobody learns which addresses exist.
        return jsonify(error="proof_missing", message="The signature does not fit."), 401
    except SecretUnreadable:
        # A source sends again later; by then the key may be back in the settings.
        log.error(
            "a booking of %s cannot be proved: no key of HUBSYNC_ENCRYPTION_KEYS opens the secret", source.name
        )
        return jsonify(error="secret_unreadable", message="The signature cannot be checked at the moment."), 503
    except BodyUnreadable as unreadable:
        faults = [{"place": place, "reason": reason} for place, reason in unreadable.faults]
        return jsonify(error="body_unreadable", message=unreadable.message, faults=faults), 422
    except BookingNotKept as fault:
        log.error("a booking could not be written down (%s); its source is asked to send it again", fault.message)
        return jsonify(error=fault.code, message="The booking could not be kept. Please send it again."), 503
    if isinstance(received, Ignored):
        return jsonify(ignored=received.reason), 200
    return jsonify(delivery=received.delivery_id, state=received.state), 200


for each in SOURCES.values():
    pages.add_url_rule(f"/{each.word}/<token>", f"receive_{each.name}", partial(receive, each), methods=["POST"])
