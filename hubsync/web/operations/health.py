"""Health endpoints: `GET /healthz`, whether this process serves, and `GET /readyz`, whether all is in place."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from hubsync.services.operations.health import database_answers
from hubsync.services.operations.readiness import read_readiness

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 ``{"status": "ok"}``, or 503 while the database does not answer."""
    if database_answers():
        return jsonify(status="ok")
    return jsonify(status="database unavailable"), 503


@pages.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 when the database answers, its migrations are this version's and background work goes on; else 503.

    Anybody may ask, so it says which of the three it is and nothing more.
    """
    found = read_readiness()
    looked_at = {"database": found.database, "migrations": found.migrations, "background": found.background}
    return jsonify(status="ok" if found.ready else "not ready", **looked_at), 200 if found.ready else 503
