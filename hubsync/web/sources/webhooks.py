"""Webhooks of booking sources: an address for each source of the registry, answered with the delivery.

No address below ``/intake`` is ever answered with 404, 410 or a redirect, however it is written and whatever the
method is: vendors end a subscription for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import cast

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter

from hubsync.domain.security_events import SecurityEvent
from hubsync.errors import BodyUnreadable, BookingNotKept, ProofMissing, SecretNotEntered, SecretUnreadable
from hubsync.services.isolation import origin_of
from hubsync.services.security_log import write
from hubsync.services.sources import received
from hubsync.services.sources.intake import Intake
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Source

log = logging.getLogger(__name__)
pages = Blueprint("intake", __name__, url_prefix="/intake")

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
NOT_PROVED = {"error": "proof_missing", "message": "The signature does not fit."}


def receive(source: Source, token: str) -> Response:
    """Complete the booking in the body; the same booking again gets the same delivery."""
    intake = Intake(source)
    content, status = _answer(intake, token)
    response = jsonify(content)
    response.status_code = status
    # When the answer has gone: its time is the same whether the address exists or not.
    response.call_on_close(partial(_note, current_app._get_current_object(), intake))  # type: ignore[attr-defined]
    return response


def receive_elsewhere(rest: str = "") -> Response:
    """Refuse what comes to an address that no source has, as and as fast as what comes to one that nobody has."""
    return receive(next(iter(SOURCES.values())), "")


class Rest(BaseConverter):
    """Whatever stands there: nothing, and more slashes and line ends as well."""

    regex = r"(?s:.*)"
    part_isolating = False


def _answer(intake: Intake, token: str) -> tuple[dict[str, object], int]:
    source = intake.source
    headers = cast("Mapping[str, str]", request.headers)
    try:
        taken = intake.receive(token, request.get_data(cache=True), headers, request.args)
    except ProofMissing:
        write(SecurityEvent.PROOF_REFUSED, what=source.name)
        # The same answer for an unknown address and a bad signature: nobody learns which addresses exist.
        return dict(NOT_PROVED), 401
    except SecretNotEntered as missing:
        return {"error": missing.code, "message": "The signature cannot be checked yet: enter its secret."}, 503
    except SecretUnreadable:
        # A source sends again later; by then the key may be back in the settings.
        log.error(
            "a booking of %s cannot be proved: no key of HUBSYNC_ENCRYPTION_KEYS opens the secret", source.name
        )
        return {"error": "secret_unreadable", "message": "The signature cannot be checked at the moment."}, 503
    except BodyUnreadable as unreadable:
        faults = [{"place": place, "reason": reason} for place, reason in unreadable.faults]
        return {"error": "body_unreadable", "message": unreadable.message, "faults": faults}, 422
    except BookingNotKept as fault:
        log.error("a booking could not be written down (%s); its source is asked to send it again", fault.message)
        return {"error": fault.code, "message": "The booking could not be kept. Please send it again."}, 503
    if taken.reply is not None:
        return dict(taken.reply), 200
    if taken.delivery_id is None:
        return {"ignored": taken.ignored}, 200
    return {"delivery": taken.delivery_id, "state": taken.state}, 200


def _note(app: Flask, intake: Intake) -> None:
    """Write the line of the source's list. A webhook that was answered is not lost for a line that is."""
    if intake.endpoint_id is None:
        return
    try:
        with app.app_context():
            received.note(intake.endpoint_id, intake.line)
    except Exception as mistake:
        log.error("a received webhook could not be listed: %s\n%s", *origin_of(mistake))


@pages.record_once
def know_the_rest(state: BlueprintSetupState) -> None:
    """Let the routes below know what `Rest` is."""
    state.app.url_map.converters["rest"] = Rest


for each in SOURCES.values():
    pages.add_url_rule(
        f"/{each.word}/<token>",
        f"receive_{each.name}",
        partial(receive, each),
        methods=["POST"],
        provide_automatic_options=False,
    )
for path in ("", "/<rest:rest>"):
    pages.add_url_rule(
        path, "receive_elsewhere", receive_elsewhere, methods=METHODS, provide_automatic_options=False
    )
