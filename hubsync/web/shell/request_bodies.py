"""Reader of request bodies, before every view: whole, and no larger than their address takes.

Werkzeug stops at the limit of a body that comes in chunks and hands over its beginning, does not compare a body
with its announced length, and lets the server's exceptions for broken chunks pass as bugs of ours. So the body
is read here, once, and every view finds it complete in memory. https://www.rfc-editor.org/rfc/rfc9112#section-8
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from hubsync.sources.source import LARGEST_BODY

LARGEST = {"bookings": 192 * 1024, "intake": LARGEST_BODY}
"""Bytes that a blueprint takes; MAX_CONTENT_LENGTH for all others.

Of a booking page 64 KB of text, each byte of which may come as a percent sign and two digits.
"""
_PIECE = 65_536

View = TypeVar("View", bound=Callable[..., Any])


def takes_bytes(limit: int) -> Callable[[View], View]:
    """Let a view take a larger body than its neighbours: its form has a field for whole files."""

    def mark(view: View) -> View:
        view.largest_body = limit  # type: ignore[attr-defined]
        return view

    return mark


def register(app: Flask) -> None:
    """Read every request's body before anything looks at it; to be called before the form tokens are checked."""

    @app.before_request
    def read_the_body() -> None:
        view = app.view_functions.get(request.endpoint or "")
        usual = LARGEST.get(request.blueprint or "", app.config["MAX_CONTENT_LENGTH"])
        limit = getattr(view, "largest_body", usual)
        announced = request.content_length
        if announced is not None and announced > limit:
            raise RequestEntityTooLarge
        body = _read(limit + 1 if announced is None else announced)
        if len(body) > limit:
            raise RequestEntityTooLarge
        if announced is not None and len(body) < announced:
            raise BadRequest(_("The request broke off before its end. Please send it again."))
        environ = request.environ
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ.pop("wsgi.input_terminated", None)
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        request.max_content_length = limit
        if limit > usual:
            request.max_form_memory_size = limit


def _read(most: int) -> bytes:
    """At most so many bytes of the body; raises BadRequest for one that the server cannot make out."""
    if request.content_length is None and "wsgi.input_terminated" not in request.environ:
        return b""  # neither a length nor chunks: there is no body, and reading would wait for ever
    stream = request.environ["wsgi.input"]
    body = bytearray()
    try:
        while len(body) < most and (piece := stream.read(min(_PIECE, most - len(body)))):
            body += piece
    except Exception:  # each server has exceptions of its own for broken chunks and broken lines
        raise BadRequest(
            _("The request cannot be read: it broke off, or its parts are not marked right.")
        ) from None
    return bytes(body)
