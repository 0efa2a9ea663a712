"""Webhooks of Cal.com's stand-in: which triggers there are, and how a body is written, signed and labelled."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scheduler_sandbox.signing import hex_of_body

TRIGGERS = (
    *("BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_REQUESTED", "BOOKING_REJECTED"),
    *("BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_NO_SHOW_UPDATED", "MEETING_STARTED", "MEETING_ENDED"),
    *("RECORDING_READY", "RECORDING_TRANSCRIPTION_GENERATED", "INSTANT_MEETING", "OOO_CREATED", "FORM_SUBMITTED"),
    *("FORM_SUBMITTED_NO_EVENT", "ROUTING_FORM_FALLBACK_HIT", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW"),
    *("AFTER_GUESTS_CAL_VIDEO_NO_SHOW", "DELEGATION_CREDENTIAL_ERROR", "WRONG_ASSIGNMENT_REPORT"),
)
NO_SECRET = "no-secret-provided"  # noqa: S105  # what stands in place of a signature

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Webhook:
    """One webhook of the user *user_id*; *template* is what its body is made of, None for the usual one."""

    id: str
    user_id: int
    address: str
    triggers: tuple[str, ...]
    secret: str = ""
    template: str | None = None
    active: bool = True


def written(webhook: Webhook, body: Mapping[str, Any], form_labelled: bool) -> tuple[bytes, str]:
    """The bytes that are posted, and the content type that is said of them."""
    if webhook.template is None:
        return json.dumps(body).encode(), _FORM if form_labelled else _JSON
    payload = body.get("payload", body)
    text = re.sub(r"{{\s*([\w.]+)\s*}}", lambda named: _value(payload, named[1]), webhook.template)
    return text.encode(), _JSON if _is_json(text) else _FORM


def headers_of(webhook: Webhook, raw: bytes, content_type: str, version: str) -> dict[str, str]:
    """The headers of a delivery."""
    return {
        "Content-Type": content_type,
        "X-Cal-Signature-256": hex_of_body(webhook.secret, raw) if webhook.secret else NO_SECRET,
        "X-Cal-Webhook-Version": version,
    }


def _value(payload: Any, path: str) -> str:
    for part in path.split("."):
        if isinstance(payload, list):
            payload = payload[int(part)] if part.isdigit() and int(part) < len(payload) else None
        else:
            payload = payload.get(part) if isinstance(payload, Mapping) else None
    return "" if payload is None else str(payload)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
