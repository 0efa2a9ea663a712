"""Reader of request bodies, before every view: whole, and no larger than their address takes.

Werkzeug stops at the limit of a body that comes in chunks and hands over its beginning, does not compare a body
with its announced length, and lets the server's exceptions for broken chunks pass as bugs of ours. So the body
is read here, once, and every view finds it complete: in memory, or on the disk where a view takes files. https://www.rfc-editor.org/rfc/rfc9112#section-8
"""

from __future__ import annotations

import io
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from flask import Flask, request
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from hubsync.sources.source import LARGEST_BODY

LARGEST = {"bookings": 192 * 1024, "intake": LARGEST_BODY}
"""Bytes that a blueprint takes; MAX_CONTENT_LENGTH for all others.

Of a booking page 64 KB of text, each byte of which may come as a percent sign and two digits.
"""
_PIECE = 65_536
_IN_MEMORY = 4 * 1_048_576
"""Bytes of a body that are kept in memory; no view but that of uploads takes more."""

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
        body: IO[bytes] = (
            SpooledTemporaryFile(_IN_MEMORY) if limit > _IN_MEMORY else io.BytesIO()  # noqa: SIM115  see close_the_file
        )
        length = _read(body, limit + 1 if announced is None else announced)
        if length > limit:
            raise RequestEntityTooLarge
        if announced is not None and length < announced:
            raise BadRequest(_("The request broke off before its end. Please send it again."))
        body.seek(0)
        environ = request.environ
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ.pop("wsgi.input_terminated", None)
        environ["wsgi.input"] = body
        environ["CONTENT_LENGTH"] = str(length)
        request.max_content_length = limit
        if usual < limit <= _IN_MEMORY:
            request.max_form_memory_size = limit

    @app.teardown_request
    def close_the_file(_fault: BaseException | None) -> None:
        body = request.environ.get("wsgi.input")
        if isinstance(body, SpooledTemporaryFile):
            body.close()


def _read(body: IO[bytes], most: int) -> int:
    """Read at most so many bytes into *body* and return how many they were.

    Raises BadRequest for what the server cannot make out.
    """
    if request.content_length is None and "wsgi.input_terminated" not in request.environ:
        return 0  # neither a length nor chunks: there is no body, and reading would wait for ever
    stream = request.environ["wsgi.input"]
    length = 0
    try:
        while length < most and (piece := stream.read(min(_PIECE, most - length))):
            body.write(piece)
            length += len(piece)
    except Exception:  # each server has exceptions of its own for broken chunks and broken lines
        raise BadRequest(
            _("The request cannot be read: it broke off, or its parts are not marked right.")
        ) from None
    return length
