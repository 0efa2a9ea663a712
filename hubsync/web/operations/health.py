"""Health endpoint, `GET /healthz`: whether this process serves and reaches its database."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from hubsync.services.operations.health import database_answers

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 ``{"status": "ok"}``, or 503 while the database does not answer."""
    if database_answers():
        return jsonify(status="ok")
    return jsonify(status="database unavailable"), 503
