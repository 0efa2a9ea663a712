"""Metrics for Prometheus, `GET /metrics`, for whoever has HUBSYNC_METRICS_TOKEN.

Everything comes from the database when it is asked for, so that it does not matter which process answers.
"""

from __future__ import annotations

import hmac

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from hubsync.config import settings
from hubsync.domain.security_events import SecurityEvent
from hubsync.services.security_log import write
from hubsync.web.operations.health import pages


@pages.get("/metrics")
def metrics() -> ResponseReturnValue:
    """404 where no token is set, as if there were no such page; 401 for another token."""
    token = settings().metrics_token
    if not token:
        abort(404)
    scheme, _blank, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), token.encode()):
        write(SecurityEvent.PROOF_REFUSED, what="metrics")
        return {"error": 401}, 401, {"WWW-Authenticate": "Bearer"}
    from hubsync.web.operations.exposition import CONTENT_TYPE, write_metrics  # the library, which few ask for

    return Response(write_metrics(), content_type=CONTENT_TYPE)
